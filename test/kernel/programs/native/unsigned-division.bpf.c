#include "in-kernel.h"
#include "unsigned-division.h"

RUN_WORK
