#include "in-kernel.h"
#include "data.h"

RUN_WORK
