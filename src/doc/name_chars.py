#!/usr/bin/env python3
"""Writes name_chars.c: which characters JSON5 names are made of. Run for a newer Unicode:

    python3 src/doc/name_chars.py >src/doc/name_chars.c
"""
import sys
import unicodedata

STARTS = {"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"}
GOES_ON = {"Mn", "Mc", "Nd", "Pc"}


def ranges(wanted):
    found = []
    for code in range(0x80, 0x110000):
        if not wanted(code):
            continue
        if found and found[-1][1] == code - 1:
            found[-1][1] = code
        else:
            found.append([code, code])
    return found


def table(name, wanted):
    line = f"static const struct range {name}[] = {{"
    print(line)
    line = "   "
    for first, last in ranges(wanted):
        cell = f" {{ 0x{first:X}, 0x{last:X} }},"
        if len(line) + len(cell) > 100:
            print(line)
            line = "   "
        line += cell
    print(line)
    print("};\n")


def category(code):
    return unicodedata.category(chr(code))


print(f"""/* The characters of names without quotes, beyond ASCII: ECMAScript's IdentifierName, which JSON5
 * refers to. Unicode {unicodedata.unidata_version}. Made by name_chars.py; not to be edited. */
#include "doc/doc_impl.h"

// clang-format off
struct range {{
    uint32_t first, last;
}};

/* Letters (Lu, Ll, Lt, Lm, Lo) and letter numbers (Nl). */""")
table("starts", lambda c: category(c) in STARTS)
print("/* Marks (Mn, Mc), digits (Nd), connectors (Pc) and the two joiners. */")
table("goes_on", lambda c: category(c) in GOES_ON or c in (0x200C, 0x200D))
sys.stdout.write("""// clang-format on

static bool is_in(const struct range *table, size_t n, uint32_t c) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (c > table[middle].last)
            low = middle + 1;
        else if (c < table[middle].first)
            high = middle;
        else
            return true;
    }
    return false;
}

bool name_char(uint32_t c, bool first) {
    if (c < 0x80) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$';
        return letter || (!first && c >= '0' && c <= '9');
    }
    if (is_in(starts, sizeof starts / sizeof starts[0], c)) return true;
    return !first && is_in(goes_on, sizeof goes_on / sizeof goes_on[0], c);
}
""")
