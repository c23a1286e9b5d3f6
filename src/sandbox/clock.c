/* Date and time, in UTC, from the moment the request came in. */
#include "sandbox/skills.h"

/* Days since 1970-01-01 to a date of the Gregorian calendar. A year is counted from March, so that
 * the leap day is its last. */
struct civil civil_of(int64_t unix_s) {
    int64_t days = unix_s / 86400, rest = unix_s % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    struct civil c = { .hour = (unsigned)(rest / 3600),
                       .minute = (unsigned)(rest / 60 % 60),
                       .second = (unsigned)(rest % 60),
                       .weekday = (unsigned)(((days + 4) % 7 + 7) % 7) };
    int64_t shifted = days + 719468; /* since 0000-03-01 */
    int64_t era = (shifted >= 0 ? shifted : shifted - 146096) / 146097;
    int64_t day_of_era = shifted - era * 146097;
    int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month = (5 * day + 2) / 153; /* 0: March */
    c.day = (unsigned)(day - (153 * month + 2) / 5 + 1);
    c.month = (unsigned)(month < 10 ? month + 3 : month - 9);
    c.year = year_of_era + era * 400 + (c.month <= 2);
    return c;
}

bool skill_clock(struct agent_turn *t) {
    static const char *const day[] = { "Sunday",   "Monday", "Tuesday", "Wednesday",
                                       "Thursday", "Friday", "Saturday" };
    static const char *const korean_day[] = { "일", "월", "화", "수", "목", "금", "토" };
    static const char *const month[] = { "January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December" };
    const struct words *w = &t->words;
    if (w->n > 16) return false;
    bool clock =
        words_phrase(w, "what time is", 0, NULL) >= 0 ||
        words_match(w, "current|what|s time now") > 0 || words_match(w, "current time") > 0 ||
        words_phrase(w, "time is it", 0, NULL) >= 0 || words_phrase(w, "the time", 0, NULL) >= 0 ||
        words_any(w, "몇 시|몇시|현재 시각|현재 시간");
    bool date = words_match(w, "what|whats|which|tell today|todays|date|current date|day") > 0 ||
                words_phrase(w, "what|which day|date|year|month is it", 0, NULL) >= 0 ||
                words_phrase(w, "s the date", 0, NULL) >= 0 ||
                words_phrase(w, "is the date", 0, NULL) >= 0 ||
                words_any(w, "오늘 날짜|며칠|몇 월 며칠|무슨 요일|몇 일이");
    if (!clock && !date) return false;
    if (words_any(w, "in|at|에서") && clock && !words_any(w, "utc")) {
        turn_say(t, "I know UTC only: ", "저는 UTC만 압니다: ");
    }
    struct civil c = civil_of(t->r->now_s);
    if (t->korean)
        buf_addf(t->out, "지금은 %lld년 %u월 %u일 %s요일 %02u:%02u (UTC)입니다.", (long long)c.year,
                 c.month, c.day, korean_day[c.weekday], c.hour, c.minute);
    else
        buf_addf(t->out, "It is %02u:%02u UTC on %s, %u %s %lld.", c.hour, c.minute, day[c.weekday],
                 c.day, month[c.month - 1], (long long)c.year);
    return true;
}
