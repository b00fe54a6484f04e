// What the preprocessor makes of macros and conditions.
#ifndef PREPROCESSOR_H
#define PREPROCESSOR_H

#include "preprocessor-values.h"
#include "preprocessor-values.h" // its guard makes this one empty

#define JOIN(a, b) a##b
#define JOINED(a, b) JOIN(a, b)
#define TEXT(x) #x
#define EXPANDED(x) TEXT(x)
#define ADD(a, b) ((a) + (b))
#define TWICE(x) ADD(x, x)
#define ALL(first, ...) ADD(first, SECOND(__VA_ARGS__))
#define SECOND(a, b) (b)
#define EMPTY
#define SELF SELF_VALUE + 1
#define SELF_VALUE 41
#define NOTHING()

#if defined(FROM_HEADER) && FROM_HEADER >= 3 && !defined(ABSENT)
#define BRANCH 1
#elif 1
#define BRANCH 2
#else
#error "not reached"
#endif

#if 0
this is not C at all ' "
#endif

#if (2 + 3 * 4 == 14) && (-1 < 0) && (7 / 2 == 3) && (1 << 4 == 16) && !(0 || ABSENT) && (1 ? 5 : 0)
#define ARITHMETIC 1
#else
#define ARITHMETIC 0
#endif

#ifdef BRANCH
#undef NOTHING
#define NOTHING() 77
#endif

u64 JOINED(out, EMPTY)[24];

static int work(void)
{
	int JOINED(local, _name) = 5;
	u64 *at = out;

	*at++ = FROM_HEADER;
	*at++ = BRANCH;
	*at++ = ARITHMETIC;
	*at++ = TWICE(local_name + 1);
	*at++ = ALL(1, 2, 3);
	*at++ = SELF;
	*at++ = NOTHING();
	*at++ = sizeof(TEXT(a "b" \n));
	*at++ = EXPANDED(SELF_VALUE)[0];
	*at++ = TEXT(SELF_VALUE)[0];
	*at++ = included_twice(4);
	*at++ = sizeof("joined "
		       "strings");
#ifdef COMMAND_LINE
	*at++ = COMMAND_LINE;
#endif
#line 1000
	*at++ = __LINE__;
	*at++ = 1 /* a comment */ + /* another
	*/ 2; // and one \
	that goes on
	return EMPTY 0;
}

#endif
