#include "in-kernel.h"
#include "memory.h"

RUN_WORK
