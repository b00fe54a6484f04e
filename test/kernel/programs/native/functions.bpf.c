#include "in-kernel.h"
#include "functions.h"

RUN_WORK
