#include "ledger/window.h"

#include <math.h>
#include <stdio.h>

static const int64_t day_ms = 86400000;

static const char *const names[WINDOWS] = { "", "daily", "weekly", "monthly" };

bool window_named(str name, enum window *out) {
    for (int i = 0; i < WINDOWS; i++) {
        if (!str_eq(name, str_c(names[i]))) continue;
        *out = (enum window)i;
        return true;
    }
    return false;
}

const char *window_name(enum window w) {
    return names[w];
}

/* ---- the civil calendar: years that begin in March have their odd day at their end ---- */

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

static int64_t day_of(int64_t year, int64_t month, int64_t day) {
    int64_t y = month <= 2 ? year - 1 : year, era = floor_div(y, 400), in_era = y - era * 400;
    int64_t in_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year - 719468;
}

struct date {
    int64_t year, month, day;
};

static struct date date_of(int64_t days) {
    int64_t z = days + 719468, era = floor_div(z, 146097), in_era = z - era * 146097;
    int64_t y = (in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
    int64_t in_year = in_era - (365 * y + y / 4 - y / 100), m = (5 * in_year + 2) / 153;
    struct date d = { .month = m < 10 ? m + 3 : m - 9, .day = in_year - (153 * m + 2) / 5 + 1 };
    d.year = y + era * 400 + (d.month <= 2);
    return d;
}

/* ---- windows ---- */

int64_t window_number(enum window w, int64_t unix_ms) {
    int64_t day = floor_div(unix_ms, day_ms);
    struct date d = date_of(day);
    switch (w) {
    case WINDOW_DAILY: return day;
    case WINDOW_WEEKLY: return floor_div(day + 3, 7); /* 1970 began on a Thursday */
    case WINDOW_MONTHLY: return d.year * 12 + d.month - 1;
    default: return 0;
    }
}

int64_t window_end(enum window w, int64_t unix_ms) {
    int64_t next = window_number(w, unix_ms) + 1;
    switch (w) {
    case WINDOW_DAILY: return next * day_ms;
    case WINDOW_WEEKLY: return (next * 7 - 3) * day_ms;
    case WINDOW_MONTHLY: return day_of(floor_div(next, 12), next % 12 + 1, 1) * day_ms;
    default: return -1;
    }
}

/* ---- money ---- */

nano nano_of(double usd) {
    if (!(usd > 0)) return 0;
    if (usd >= 9e9) return INT64_C(9000000000000000000);
    double n = usd * 1e9, near = round(n);
    /* 0.1 is a little more than 100,000,000 billionths: that is no reason to round up */
    return (nano)(fabs(n - near) < 1e-6 * near ? near : ceil(n));
}

double nano_usd(nano n) {
    return (double)n / 1e9;
}

void spend_add(struct spend *s, nano n, int64_t now_ms) {
    for (int w = 0; w < WINDOWS; w++) {
        int64_t number = window_number((enum window)w, now_ms);
        if (s->number[w] != number) s->sum[w] = 0;
        s->number[w] = number;
        s->sum[w] += n;
    }
}

nano spend_in(const struct spend *s, enum window w, int64_t now_ms) {
    return s->number[w] == window_number(w, now_ms) ? s->sum[w] : 0;
}

/* ---- text ---- */

void time_text(char dst[32], int64_t unix_ms) {
    int64_t day = floor_div(unix_ms, day_ms), rest = unix_ms - day * day_ms;
    struct date d = date_of(day);
    snprintf(dst, 32, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)d.year, (int)d.month, (int)d.day,
             (int)(rest / 3600000), (int)(rest / 60000 % 60), (int)(rest / 1000 % 60),
             (int)(rest % 1000));
}

/* n digits at the beginning, from least to most, which are taken off, with what follows them. */
static bool number(str *text, size_t n, char then, int64_t least, int64_t most, int64_t *out) {
    str digits = str_head(*text, n);
    if (digits.n < n || str_chr(digits, '-') >= 0 || !str_i64(digits, out)) return false;
    *text = str_skip(*text, n);
    if (then) {
        if (!text->n || text->p[0] != then) return false;
        *text = str_skip(*text, 1);
    }
    return *out >= least && *out <= most;
}

bool time_read(str text, int64_t *unix_ms) {
    int64_t year, month, day, hour = 0, minute = 0, second = 0, ms = 0;
    if (!number(&text, 4, '-', 1970, 9999, &year) || !number(&text, 2, '-', 1, 12, &month) ||
        !number(&text, 2, 0, 1, 31, &day))
        return false;
    if (date_of(day_of(year, month, day)).day != day) return false; /* February 30th */
    if (text.n) {
        if (text.p[0] != 'T' && text.p[0] != ' ') return false;
        text = str_skip(text, 1);
        if (!number(&text, 2, ':', 0, 23, &hour) || !number(&text, 2, 0, 0, 59, &minute))
            return false;
        if (str_starts(text, S(":"))) {
            text = str_skip(text, 1);
            if (!number(&text, 2, 0, 0, 59, &second)) return false;
        }
        if (str_starts(text, S("."))) {
            size_t digits = 1;
            while (digits < text.n && text.p[digits] >= '0' && text.p[digits] <= '9') digits++;
            double part;
            if (digits == 1 || !str_f64(str_head(text, digits < 4 ? digits : 4), &part))
                return false;
            ms = (int64_t)(part * 1000 + 0.5);
            text = str_skip(text, digits);
        }
        if (!str_eq(text, S("Z")) && !str_eq(text, S("+00:00")) && text.n) return false;
    }
    *unix_ms = ((day_of(year, month, day) * 24 + hour) * 60 + minute) * 60000 + second * 1000 + ms;
    return true;
}
