// Global and local data: sections, initial values, arrays, structures, pointers into them, strings.
struct point {
	s16 x, y;
	u64 weight;
};

struct shape {
	char name[8];
	struct point corners[3];
	u8 count;
};

u32 plain = 7;
static u64 hidden = 0x1122334455667788;
s8 small = -5;
u16 zero;
u64 many[6];
struct point origin = { 1, -2, 3 };
struct shape triangle = { .name = "tri", .corners = { { 0, 0, 1 }, { 4, 0 }, { .y = 3 } }, .count = 3 };
const volatile u32 limit = 100;
const volatile char label[] = "label";
static const u32 squares[8] = { 0, 1, 4, 9, 16, 25, 36, 49 };
bool flag = true;
char text[16] = "ab\tc";

u64 out[48];

static u32 length_of(const char *string, u32 size)
{
	u32 length = 0;

	while (length < size && string[length])
		length++;
	return length;
}

static __noinline u64 total_weight(struct shape *shape)
{
	u64 total = 0;

	for (u32 i = 0; i < 3; i++)
		total += shape->corners[i].weight * 10 + shape->corners[i].x + shape->corners[i].y;
	return total;
}

static void move(struct point *point, s16 by)
{
	point->x += by;
	point->y -= by;
}

static int work(void)
{
	struct point local = { .weight = 5 };
	struct shape copy = triangle;
	u32 table[4] = { 1, 2, 3 };
	char word[6] = "xyz";
	u64 *at = out;
	u32 *into = &table[1];
	u8 *bytes = (u8 *)&hidden;

	*at++ = plain++;
	*at++ = ++plain;
	*at++ = hidden;
	*at++ = small;
	*at++ = zero;
	*at++ = limit;
	*at++ = flag;
	flag = !flag;
	*at++ = flag;
	for (u32 i = 0; i < 6; i++)
		many[i] = squares[i + 2] * limit;
	*at++ = many[0] + many[5];
	*at++ = squares[plain & 7];

	move(&origin, 10);
	move(&local, 3);
	*at++ = origin.x;
	*at++ = origin.y;
	*at++ = local.x;
	*at++ = local.y;
	*at++ = local.weight;
	copy.corners[1].weight = 100;
	*at++ = total_weight(&copy);
	*at++ = total_weight(&triangle);
	*at++ = copy.name[1];
	*at++ = sizeof(struct shape);
	*at++ = sizeof(copy.corners) / sizeof(copy.corners[0]);

	*at++ = *into;
	*at++ = into[1];
	*at++ = *(into - 1);
	into += 2;
	*at++ = into - table;
	*at++ = *into++;
	*at++ = into == &table[4];
	*at++ = into > table;
	*at++ = bytes[0];
	*at++ = bytes[7];
	*at++ = *(u16 *)(bytes + 2);

	*at++ = length_of("hello", 6);
	*at++ = length_of(text, sizeof(text));
	*at++ = length_of(word, sizeof(word));
	*at++ = word[5];
	*at++ = "indexed"[2];
	*at++ = sizeof("four");
	*at++ = label[1];
	*at++ = sizeof(label);
	local = origin;
	*at++ = local.x + local.weight;
	return 0;
}
