/* What a program saw: how often it ran, and a number that every value it noted has a part in. */
struct tally {
	u64 runs;
	u64 last;
	u64 mix;
};

#define TALLY(name) struct tally name##_seen

static __always_inline void note(struct tally *tally, u64 value)
{
	tally->last = value;
	tally->mix = (tally->mix << 7 | tally->mix >> 57) ^ value;
}

static __always_inline void start(struct tally *tally)
{
	tally->runs++;
}
