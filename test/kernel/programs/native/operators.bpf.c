#include "in-kernel.h"
#include "operators.h"

RUN_WORK
