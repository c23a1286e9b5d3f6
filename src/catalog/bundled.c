/* What is known of models without ever having been on line: the two rows that the provider's
 * documentation promises. They are there so that a fresh machine works, not to describe the
 * market: more of them would only be wrong sooner. */
#include "catalog/model_row.h"

const struct model_row bundled_rows[] = {
    {
        .id = STR_INIT("openrouter/auto"),
        .name = STR_INIT("OpenRouter Auto"),
        .context_length = 200000,
        .max_output = 8192,
        .tools = true,
        .image_input = true,
        .text_output = true,
        .bundled = true,
    },
    {
        .id = STR_INIT("moonshotai/kimi-k2.6"),
        .name = STR_INIT("Kimi K2.6"),
        .context_length = 262144,
        .max_output = 262144,
        .reasoning = true,
        .tools = true,
        .image_input = true,
        .text_output = true,
        .price_prompt = 0.8e-6,
        .price_completion = 3.5e-6,
        .price_cache_read = 0.2e-6,
        .bundled = true,
    },
};
const size_t bundled_row_count = sizeof bundled_rows / sizeof bundled_rows[0];
