/* SPDX-License-Identifier: BSD-2-Clause-Patent */
#include "mm/base/format.h"

#include <stdbool.h>
#include <stdint.h>

#include "mm/base/guid.h"

struct sink {
	char *text;
	size_t capacity;
	size_t used;
};

struct conversion {
	unsigned int width;
	bool zero_padded;
	bool wide; /* 64-bit argument */
};

static void put_char(struct sink *sink, char c)
{
	if (sink->used + 1 < sink->capacity)
		sink->text[sink->used++] = c;
}

static void put_text(struct sink *sink, const char *text)
{
	for (text = text != NULL ? text : "(null)"; *text != '\0'; text++)
		put_char(sink, *text);
}

static void put_number(struct sink *sink, uint64_t value, unsigned int radix, bool upper, const struct conversion *how)
{
	const char *digits = upper ? "0123456789ABCDEF" : "0123456789abcdef";
	char text[24];
	unsigned int count = 0;
	unsigned int width = how->width < sizeof(text) ? how->width : (unsigned int)sizeof(text);

	do {
		text[count++] = digits[value % radix];
		value /= radix;
	} while (value != 0);
	while (count < width)
		text[count++] = how->zero_padded ? '0' : ' ';
	while (count > 0)
		put_char(sink, text[--count]);
}

static void put_signed(struct sink *sink, int64_t value, const struct conversion *how)
{
	if (value < 0) {
		put_char(sink, '-');
		put_number(sink, 0 - (uint64_t)value, 10, false, how);
		return;
	}
	put_number(sink, (uint64_t)value, 10, false, how);
}

static void put_guid(struct sink *sink, const struct mm_guid *guid)
{
	char text[MM_GUID_TEXT_BYTES];

	if (guid == NULL) {
		put_text(sink, NULL);
		return;
	}
	mm_guid_print(guid, text);
	put_text(sink, text);
}

/* Reads flags, width and length; returns the character after them. */
static const char *parse_conversion(const char *format, struct conversion *ret_how)
{
	struct conversion how = { 0, false, false };

	if (*format == '0') {
		how.zero_padded = true;
		format++;
	}
	while (*format >= '0' && *format <= '9') {
		if (how.width < 100)
			how.width = how.width * 10 + (unsigned int)(*format - '0');
		format++;
	}
	if (format[0] == 'l' && format[1] == 'l') {
		how.wide = true;
		format += 2;
	} else if (format[0] == 'z') {
		how.wide = sizeof(size_t) == 8;
		format++;
	}
	*ret_how = how;
	return format;
}

size_t mm_format_va(char *ret_text, size_t capacity, const char *format, va_list args)
{
	struct sink sink = { ret_text, capacity, 0 };
	const struct conversion plain = { 0, false, true };
	struct conversion how;

	for (; *format != '\0'; format++) {
		const char *start = format;

		if (*format != '%') {
			put_char(&sink, *format);
			continue;
		}
		format = parse_conversion(format + 1, &how);
		switch (*format) {
		case 's':
			put_text(&sink, va_arg(args, const char *));
			break;
		case 'c':
			put_char(&sink, (char)va_arg(args, int));
			break;
		case 'd':
		case 'i':
			put_signed(&sink, how.wide ? va_arg(args, int64_t) : va_arg(args, int), &how);
			break;
		case 'u':
		case 'x':
		case 'X':
			put_number(&sink, how.wide ? va_arg(args, uint64_t) : va_arg(args, unsigned int),
				   *format == 'u' ? 10 : 16, *format == 'X', &how);
			break;
		case 'p':
			if (format[1] == 'G') {
				format++;
				put_guid(&sink, va_arg(args, const struct mm_guid *));
				break;
			}
			put_text(&sink, "0x");
			put_number(&sink, (uint64_t)(uintptr_t)va_arg(args, void *), 16, false, &plain);
			break;
		case '%':
			put_char(&sink, '%');
			break;
		default:
			for (; start < format; start++)
				put_char(&sink, *start);
			format--;
			break;
		}
	}
	if (capacity > 0)
		ret_text[sink.used] = '\0';
	return sink.used;
}

size_t mm_format(char *ret_text, size_t capacity, const char *format, ...)
{
	va_list args;
	size_t used;

	va_start(args, format);
	used = mm_format_va(ret_text, capacity, format, args);
	va_end(args);
	return used;
}
