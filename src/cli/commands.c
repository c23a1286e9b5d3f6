/* The table of commands: a new one is its file, src/cli/cmd_NAME.c, and a line here. */
#include "cli/cli.h"

#define COMMANDS(X)                                                                                \
    X(onboard)                                                                                     \
    X(models_status)                                                                               \
    X(models_auth_list)                                                                            \
    X(models_auth_add)                                                                             \
    X(models_auth_login)                                                                           \
    X(models_auth_paste_token)                                                                     \
    X(models_auth_remove)                                                                          \
    X(models_auth_order_get)                                                                       \
    X(models_auth_order_set)                                                                       \
    X(models_auth_order_clear)                                                                     \
    X(infer_model_run)                                                                             \
    X(infer_image_generate)                                                                        \
    X(infer_image_edit)                                                                            \
    X(infer_image_providers)                                                                       \
    X(infer_tts_convert)                                                                           \
    X(infer_tts_voices)                                                                            \
    X(infer_tts_providers)                                                                         \
    X(infer_video_generate)                                                                        \
    X(infer_video_status)                                                                          \
    X(infer_video_resume)                                                                          \
    X(infer_video_list)                                                                            \
    X(infer_video_providers)                                                                       \
    X(chat)                                                                                        \
    X(sessions_list)                                                                               \
    X(sessions_show)                                                                               \
    X(sessions_export)                                                                             \
    X(sessions_remove)                                                                             \
    X(sessions_cache)                                                                              \
    X(agent)                                                                                       \
    X(doctor)                                                                                      \
    X(explain)                                                                                     \
    X(gateway)                                                                                     \
    X(gateway_cache_stats)                                                                         \
    X(gateway_cache_clear)                                                                         \
    X(gateway_health)                                                                              \
    X(gateway_health_reset)                                                                        \
    X(gateway_keys_create)                                                                         \
    X(gateway_keys_list)                                                                           \
    X(gateway_keys_change)                                                                         \
    X(gateway_keys_disable)                                                                        \
    X(gateway_keys_delete)                                                                         \
    X(gateway_usage)                                                                               \
    X(sandbox)                                                                                     \
    X(config_file)                                                                                 \
    X(config_get)                                                                                  \
    X(config_validate)                                                                             \
    X(config_set)                                                                                  \
    X(config_unset)                                                                                \
    X(config_schema)                                                                               \
    X(models_list)                                                                                 \
    X(models_refresh)                                                                              \
    X(models_scan)                                                                                 \
    X(models_set)                                                                                  \
    X(models_set_image)                                                                            \
    X(models_cooldowns_list)                                                                       \
    X(models_cooldowns_clear)                                                                      \
    X(models_aliases_list)                                                                         \
    X(models_aliases_add)                                                                          \
    X(models_aliases_remove)                                                                       \
    X(models_fallbacks_list)                                                                       \
    X(models_fallbacks_add)                                                                        \
    X(models_fallbacks_remove)                                                                     \
    X(models_fallbacks_clear)                                                                      \
    X(models_image_fallbacks_list)                                                                 \
    X(models_image_fallbacks_add)                                                                  \
    X(models_image_fallbacks_remove)                                                               \
    X(models_image_fallbacks_clear)                                                                \
    X(doc_check)                                                                                   \
    X(doc_get)                                                                                     \
    X(doc_set)                                                                                     \
    X(doc_unset)                                                                                   \
    X(completion)                                                                                  \
    X(completion_words)

#define DECLARE(name) extern const struct command cmd_##name;
COMMANDS(DECLARE)
#undef DECLARE

const struct command *const cli_commands[] = {
#define ROW(name) &cmd_##name,
    COMMANDS(ROW)
#undef ROW
        NULL,
};
