#include "in-kernel.h"
#include "cleanup.h"

RUN_WORK
