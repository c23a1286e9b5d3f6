#include "ledger/client_key_json.h"

static void number(struct json_writer *w, const char *key, double value) {
    json_key(w, str_c(key));
    json_double(w, value);
}

static void null(struct json_writer *w, const char *key) {
    json_key(w, str_c(key));
    json_null(w);
}

void client_key_json_time(struct json_writer *w, const char *key, int64_t unix_ms) {
    char text[32];
    if (unix_ms <= 0) {
        null(w, key);
        return;
    }
    time_text(text, unix_ms);
    json_kstring(w, key, str_c(text));
}

/* A key of a client's own (BYOK) cannot be brought here: those sums are always 0. */
void client_key_json_money(struct json_writer *w, const struct client_key *k, int64_t now_ms) {
    static const char *const usage[WINDOWS] = { "usage", "usage_daily", "usage_weekly",
                                                "usage_monthly" };
    static const char *const byok[WINDOWS] = { "byok_usage", "byok_usage_daily",
                                               "byok_usage_weekly", "byok_usage_monthly" };
    if (k->limit < 0) {
        null(w, "limit");
        null(w, "limit_remaining");
    } else {
        nano left = k->limit - spend_in(&k->spend, k->reset, now_ms);
        number(w, "limit", nano_usd(k->limit));
        number(w, "limit_remaining", nano_usd(left > 0 ? left : 0));
    }
    if (k->reset == WINDOW_TOTAL)
        null(w, "limit_reset");
    else
        json_kstring(w, "limit_reset", str_c(window_name(k->reset)));
    json_kbool(w, "include_byok_in_limit", false);
    for (int i = 0; i < WINDOWS; i++) {
        number(w, usage[i], nano_usd(spend_in(&k->spend, (enum window)i, now_ms)));
        number(w, byok[i], 0);
    }
}

void client_key_json(struct json_writer *w, const struct client_key *k, int64_t now_ms) {
    str rest = str_c(k->models), model;
    json_object(w);
    json_kstring(w, "hash", str_c(k->hash));
    json_kstring(w, "name", str_c(k->name));
    json_kstring(w, "label", str_c(k->label));
    json_kbool(w, "disabled", k->disabled);
    client_key_json_money(w, k, now_ms);
    client_key_json_time(w, "created_at", k->created_ms);
    client_key_json_time(w, "updated_at", k->updated_ms);
    client_key_json_time(w, "expires_at", k->expires_ms);
    null(w, "creator_user_id");
    null(w, "external_user");
    json_kstring(w, "workspace_id", S("00000000-0000-0000-0000-000000000000"));
    json_kbool(w, "is_management_key", k->management);
    json_key(w, S("allowed_models"));
    json_array(w);
    while (rest.n) {
        str_cut(rest, ' ', &model, &rest);
        json_string(w, model);
    }
    json_array_end(w);
    json_object_end(w);
}
