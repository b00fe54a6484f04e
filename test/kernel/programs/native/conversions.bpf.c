#include "in-kernel.h"
#include "conversions.h"

RUN_WORK
