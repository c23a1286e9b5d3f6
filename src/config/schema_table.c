/* What openclaw.json may hold, as far as chela reads it, and all of chela.json5.
 *
 * A rule with types 0 is a part of OpenClaw's that chela has no use for: known, so that it passes
 * silently, and not looked into. The names are those of OpenClaw's schema, older and newer editions
 * together, so that neither gets warnings. Adding a key that chela reads is one line here.
 */
#include "config/internal.h"

#define PASSES(name)                                                                               \
    { .key = name } /* OpenClaw's own affair */
#define END                                                                                        \
    { .key = NULL }

static const struct schema_rule a_string = { .types = IS_STRING };

static const char *const thinking_levels[] = { "off",   "minimal", "low",      "medium", "high",
                                               "xhigh", "max",     "adaptive", NULL };
static const char *const tts_modes[] = { "off", "always", "inbound", "tagged", NULL };
static const char *const tts_kinds[] = { "final", "all", NULL };
static const char *const ref_sources[] = { "env", "file", "exec", NULL };
static const char *const auth_modes[] = { "api-key", "aws-sdk", "oauth", "token", NULL };
static const char *const request_auth_modes[] = { "provider-default", "authorization-bearer",
                                                  "header", NULL };
static const char *const model_modes[] = { "merge", "replace", NULL };
static const char *const file_modes[] = { "json", "singleValue", NULL };

/* ---- pieces that appear in several places ---- */

static const struct schema_rule secret_ref[] = {
    { .key = "source", .types = IS_STRING, .values = ref_sources },
    { .key = "provider", .types = IS_STRING },
    { .key = "id", .types = IS_STRING },
    END,
};
#define SECRET(name)                                                                               \
    { .key = name, .types = IS_STRING | IS_OBJECT, .members = secret_ref }

static const struct schema_rule model_choice[] = {
    { .key = "primary", .types = IS_STRING },
    { .key = "fallbacks", .types = IS_ARRAY, .item = &a_string },
    { .key = "timeoutMs", .types = IS_INT, .min = 1, .max = 86400000 },
    END,
};
#define MODEL(name)                                                                                \
    { .key = name, .types = IS_STRING | IS_OBJECT, .members = model_choice }

static const struct schema_rule model_entry[] = {
    { .key = "alias", .types = IS_STRING },
    { .key = "params", .types = IS_OBJECT },
    { .key = "streaming", .types = IS_BOOL },
    PASSES("agentRuntime"),
    END,
};
static const struct schema_rule model_entries[] = {
    { .key = "*", .types = IS_OBJECT, .members = model_entry },
    END,
};

static const struct schema_rule tts_openrouter[] = {
    { .key = "model", .types = IS_STRING },
    { .key = "modelId", .types = IS_STRING },
    { .key = "voice", .types = IS_STRING },
    { .key = "voiceId", .types = IS_STRING },
    { .key = "speakerVoice", .types = IS_STRING },
    { .key = "speakerVoiceId", .types = IS_STRING },
    { .key = "speed", .types = IS_NUMBER | IS_STRING },
    { .key = "responseFormat", .types = IS_STRING },
    { .key = "provider", .types = IS_OBJECT },
    SECRET("apiKey"),
    { .key = "baseUrl", .types = IS_STRING },
    PASSES("enabled"),
    PASSES("instructions"),
    END,
};
static const struct schema_rule tts_providers[] = {
    { .key = "openrouter", .types = IS_OBJECT, .members = tts_openrouter },
    END,
};
static const struct schema_rule tts_overrides[] = {
    { .key = "enabled", .types = IS_BOOL },
    { .key = "allowText", .types = IS_BOOL },
    { .key = "allowProvider", .types = IS_BOOL },
    { .key = "allowVoice", .types = IS_BOOL },
    { .key = "allowModelId", .types = IS_BOOL },
    { .key = "allowVoiceSettings", .types = IS_BOOL },
    { .key = "allowNormalization", .types = IS_BOOL },
    { .key = "allowSeed", .types = IS_BOOL },
    END,
};
static const struct schema_rule tts[] = {
    { .key = "auto", .types = IS_STRING, .values = tts_modes },
    { .key = "enabled", .types = IS_BOOL },
    { .key = "mode", .types = IS_STRING, .values = tts_kinds },
    { .key = "provider", .types = IS_STRING },
    { .key = "providers", .types = IS_OBJECT, .members = tts_providers, .keys = KEYS_NEAR },
    { .key = "openrouter", .types = IS_OBJECT, .members = tts_openrouter },
    { .key = "summaryModel", .types = IS_STRING },
    { .key = "modelOverrides", .types = IS_OBJECT, .members = tts_overrides },
    { .key = "prefsPath", .types = IS_STRING },
    { .key = "maxTextLength", .types = IS_INT, .min = 1, .max = 100000000 },
    { .key = "timeoutMs", .types = IS_INT, .min = 1000, .max = 120000 },
    PASSES("persona"),
    PASSES("personas"),
    PASSES("elevenlabs"),
    PASSES("openai"),
    PASSES("edge"),
    PASSES("microsoft"),
    END,
};

static const struct schema_rule tool_policy[] = {
    { .key = "allow", .types = IS_ARRAY, .item = &a_string },
    { .key = "deny", .types = IS_ARRAY, .item = &a_string },
    { .key = "alsoAllow", .types = IS_ARRAY, .item = &a_string },
    { .key = "profile", .types = IS_STRING },
    END,
};

/* ---- agents ---- */

static const struct schema_rule media_models[] = {
    MODEL("image"),
    MODEL("video"),
    MODEL("music"),
    END,
};

static const struct schema_rule agent_defaults[] = {
    MODEL("model"),
    MODEL("imageModel"),
    MODEL("imageGenerationModel"),
    MODEL("videoGenerationModel"),
    MODEL("musicGenerationModel"),
    { .key = "mediaModels", .types = IS_OBJECT, .members = media_models, .keys = KEYS_NEAR },
    { .key = "models", .types = IS_OBJECT, .members = model_entries },
    { .key = "params", .types = IS_OBJECT },
    { .key = "thinkingDefault", .types = IS_STRING, .values = thinking_levels },
    { .key = "timeoutSeconds", .types = IS_NUMBER, .min = 0, .max = 100000000 },
    { .key = "mediaMaxMb", .types = IS_NUMBER },
    { .key = "mediaGenerationAutoProviderFallback", .types = IS_BOOL },
    { .key = "workspace", .types = IS_STRING },
    { .key = "skipBootstrap", .types = IS_BOOL },
    { .key = "userTimezone", .types = IS_STRING },
    PASSES("additionalSystemPrompt"),
    PASSES("agentRuntime"),
    PASSES("blockStreamingBreak"),
    PASSES("blockStreamingChunk"),
    PASSES("blockStreamingCoalesce"),
    PASSES("blockStreamingDefault"),
    PASSES("bootstrapMaxChars"),
    PASSES("bootstrapPromptTruncationWarning"),
    PASSES("bootstrapTotalMaxChars"),
    PASSES("cliBackends"),
    PASSES("compaction"),
    PASSES("contextInjection"),
    PASSES("contextLimits"),
    PASSES("contextPruning"),
    PASSES("contextTokens"),
    PASSES("elevatedDefault"),
    PASSES("embeddedAgent"),
    PASSES("embeddedHarness"),
    PASSES("embeddedPi"),
    PASSES("envelopeElapsed"),
    PASSES("envelopeTimestamp"),
    PASSES("envelopeTimezone"),
    PASSES("experimental"),
    PASSES("fastModeDefault"),
    PASSES("groupChat"),
    PASSES("heartbeat"),
    PASSES("humanDelay"),
    PASSES("imageMaxDimensionPx"),
    PASSES("imageQuality"),
    PASSES("llm"),
    PASSES("maxConcurrent"),
    PASSES("memory"),
    PASSES("memorySearch"),
    PASSES("modelPolicy"),
    PASSES("pdfMaxBytesMb"),
    PASSES("pdfMaxPages"),
    PASSES("pdfModel"),
    PASSES("promptOverlays"),
    PASSES("reasoningDefault"),
    PASSES("repoRoot"),
    PASSES("runRetries"),
    PASSES("runtime"),
    PASSES("sandbox"),
    PASSES("silentReply"),
    PASSES("silentReplyRewrite"),
    PASSES("skills"),
    PASSES("skillsLimits"),
    PASSES("skipOptionalBootstrapFiles"),
    PASSES("startupContext"),
    PASSES("subagents"),
    PASSES("systemPromptOverride"),
    PASSES("timeFormat"),
    PASSES("toolProgressDetail"),
    PASSES("typingIntervalSeconds"),
    PASSES("typingMode"),
    PASSES("utilityModel"),
    PASSES("verboseDefault"),
    PASSES("videoModel"),
    END,
};

static const struct schema_rule agent_entry[] = {
    { .key = "id", .types = IS_STRING, .wanted = true },
    { .key = "default", .types = IS_BOOL },
    { .key = "name", .types = IS_STRING },
    MODEL("model"),
    { .key = "models", .types = IS_OBJECT, .members = model_entries },
    { .key = "params", .types = IS_OBJECT },
    { .key = "thinkingDefault", .types = IS_STRING, .values = thinking_levels },
    { .key = "tts", .types = IS_OBJECT, .members = tts },
    { .key = "tools", .types = IS_OBJECT, .members = tool_policy, .keys = KEYS_FREE },
    PASSES("agentDir"),
    PASSES("agentRuntime"),
    PASSES("bootstrapMaxChars"),
    PASSES("bootstrapTotalMaxChars"),
    PASSES("contextInjection"),
    PASSES("contextLimits"),
    PASSES("contextTokens"),
    PASSES("description"),
    PASSES("embeddedAgent"),
    PASSES("embeddedHarness"),
    PASSES("experimental"),
    PASSES("fastModeDefault"),
    PASSES("groupChat"),
    PASSES("heartbeat"),
    PASSES("humanDelay"),
    PASSES("identity"),
    PASSES("imageModel"),
    PASSES("memory"),
    PASSES("memorySearch"),
    PASSES("modelPolicy"),
    PASSES("plugins"),
    PASSES("reasoningDefault"),
    PASSES("runtime"),
    PASSES("sandbox"),
    PASSES("skills"),
    PASSES("skillsLimits"),
    PASSES("subagents"),
    PASSES("systemPromptOverride"),
    PASSES("toolProgressDetail"),
    PASSES("typingIntervalSeconds"),
    PASSES("typingMode"),
    PASSES("utilityModel"),
    PASSES("verboseDefault"),
    PASSES("workspace"),
    END,
};
static const struct schema_rule an_agent = { .types = IS_OBJECT, .members = agent_entry };
static const struct schema_rule agents[] = {
    { .key = "defaults", .types = IS_OBJECT, .members = agent_defaults },
    { .key = "list", .types = IS_ARRAY, .item = &an_agent },
    END,
};

/* ---- models ---- */

static const struct schema_rule cost[] = {
    { .key = "input", .types = IS_NUMBER },
    { .key = "output", .types = IS_NUMBER },
    { .key = "cacheRead", .types = IS_NUMBER },
    { .key = "cacheWrite", .types = IS_NUMBER },
    PASSES("tieredPricing"),
    END,
};
static const struct schema_rule model_row[] = {
    { .key = "id", .types = IS_STRING, .wanted = true },
    { .key = "name", .types = IS_STRING },
    { .key = "reasoning", .types = IS_BOOL },
    { .key = "input", .types = IS_ARRAY, .item = &a_string },
    { .key = "cost", .types = IS_OBJECT, .members = cost },
    { .key = "contextWindow", .types = IS_NUMBER },
    { .key = "contextTokens", .types = IS_NUMBER },
    { .key = "maxTokens", .types = IS_NUMBER },
    { .key = "params", .types = IS_OBJECT },
    { .key = "headers", .types = IS_OBJECT },
    { .key = "compat", .types = IS_OBJECT },
    PASSES("agentRuntime"),
    PASSES("api"),
    PASSES("baseUrl"),
    PASSES("mediaInput"),
    PASSES("metadataSource"),
    PASSES("output"),
    PASSES("thinkingLevelMap"),
    END,
};
static const struct schema_rule a_model_row = { .types = IS_OBJECT, .members = model_row };

static const struct schema_rule header_values[] = { SECRET("*"), END };
static const struct schema_rule request_auth[] = {
    { .key = "mode", .types = IS_STRING, .values = request_auth_modes },
    SECRET("token"),
    { .key = "headerName", .types = IS_STRING },
    SECRET("value"),
    { .key = "prefix", .types = IS_STRING },
    END,
};
static const struct schema_rule request[] = {
    { .key = "headers", .types = IS_OBJECT, .members = header_values },
    { .key = "auth", .types = IS_OBJECT, .members = request_auth },
    { .key = "proxy", .types = IS_OBJECT },
    { .key = "tls", .types = IS_OBJECT },
    { .key = "allowPrivateNetwork", .types = IS_BOOL },
    END,
};
static const struct schema_rule provider[] = {
    { .key = "baseUrl", .types = IS_STRING },
    SECRET("apiKey"),
    { .key = "auth", .types = IS_STRING, .values = auth_modes },
    { .key = "api", .types = IS_STRING },
    { .key = "contextWindow", .types = IS_NUMBER },
    { .key = "contextTokens", .types = IS_NUMBER },
    { .key = "maxTokens", .types = IS_NUMBER },
    { .key = "timeoutSeconds", .types = IS_NUMBER, .min = 0, .max = 100000000 },
    { .key = "params", .types = IS_OBJECT },
    { .key = "headers", .types = IS_OBJECT, .members = header_values },
    { .key = "authHeader", .types = IS_BOOL },
    { .key = "request", .types = IS_OBJECT, .members = request },
    { .key = "models", .types = IS_ARRAY, .item = &a_model_row },
    PASSES("agentRuntime"),
    PASSES("injectNumCtxForOpenAICompat"),
    PASSES("localService"),
    PASSES("region"),
    END,
};
static const struct schema_rule providers[] = {
    { .key = "openrouter", .types = IS_OBJECT, .members = provider },
    { .key = "*", .types = IS_OBJECT, .members = provider }, /* the gateway's other upstreams */
    END,
};
static const struct schema_rule models[] = {
    { .key = "mode", .types = IS_STRING, .values = model_modes },
    { .key = "providers", .types = IS_OBJECT, .members = providers, .keys = KEYS_NEAR },
    PASSES("bedrockDiscovery"),
    PASSES("pricing"),
    PASSES("proxy"),
    END,
};

/* ---- keys and secrets ---- */

static const struct schema_rule strings_by_name[] = { { .key = "*", .types = IS_STRING }, END };
static const struct schema_rule env[] = {
    { .key = "vars", .types = IS_OBJECT, .members = strings_by_name },
    { .key = "shellEnv", .types = IS_OBJECT },
    { .key = "*", .types = IS_STRING },
    END,
};

static const struct schema_rule lists_by_provider[] = {
    { .key = "*", .types = IS_ARRAY, .item = &a_string },
    END,
};
static const struct schema_rule auth[] = {
    { .key = "profiles", .types = IS_OBJECT },
    { .key = "order", .types = IS_OBJECT, .members = lists_by_provider },
    PASSES("cooldowns"),
    END,
};

static const struct schema_rule secret_provider[] = {
    { .key = "source", .types = IS_STRING, .values = ref_sources },
    { .key = "allowlist", .types = IS_ARRAY, .item = &a_string },
    { .key = "path", .types = IS_STRING },
    { .key = "mode", .types = IS_STRING, .values = file_modes },
    { .key = "command", .types = IS_STRING },
    { .key = "args", .types = IS_ARRAY, .item = &a_string },
    { .key = "env", .types = IS_OBJECT, .members = strings_by_name },
    { .key = "passEnv", .types = IS_ARRAY, .item = &a_string },
    { .key = "timeoutMs", .types = IS_INT, .min = 1, .max = 120000 },
    { .key = "jsonOnly", .types = IS_BOOL },
    { .key = "allowInsecurePath", .types = IS_BOOL },
    PASSES("allowSymlinkCommand"),
    PASSES("maxBytes"),
    PASSES("maxOutputBytes"),
    PASSES("noOutputTimeoutMs"),
    PASSES("trustedDirs"),
    END,
};
static const struct schema_rule secret_providers[] = {
    { .key = "*", .types = IS_OBJECT, .members = secret_provider },
    END,
};
static const struct schema_rule secret_defaults[] = {
    { .key = "env", .types = IS_STRING },
    { .key = "file", .types = IS_STRING },
    { .key = "exec", .types = IS_STRING },
    END,
};
static const struct schema_rule secrets[] = {
    { .key = "providers", .types = IS_OBJECT, .members = secret_providers },
    { .key = "defaults", .types = IS_OBJECT, .members = secret_defaults },
    PASSES("resolution"),
    END,
};

static const struct schema_rule messages[] = {
    { .key = "tts", .types = IS_OBJECT, .members = tts },
    END,
};

/* ---- the whole ---- */

static const struct schema_rule openclaw[] = {
    { .key = "env", .types = IS_OBJECT, .members = env },
    { .key = "agents", .types = IS_OBJECT, .members = agents },
    { .key = "models", .types = IS_OBJECT, .members = models },
    { .key = "messages", .types = IS_OBJECT, .members = messages, .keys = KEYS_NEAR },
    { .key = "tts", .types = IS_OBJECT, .members = tts },
    { .key = "tools", .types = IS_OBJECT, .members = tool_policy, .keys = KEYS_FREE },
    { .key = "auth", .types = IS_OBJECT, .members = auth },
    { .key = "secrets", .types = IS_OBJECT, .members = secrets },
    PASSES("$schema"),
    PASSES("accessGroups"),
    PASSES("acp"),
    PASSES("approvals"),
    PASSES("audio"),
    PASSES("bindings"),
    PASSES("broadcast"),
    PASSES("browser"),
    PASSES("canvasHost"),
    PASSES("channels"),
    PASSES("cli"),
    PASSES("cloudWorkers"),
    PASSES("commands"),
    PASSES("commitments"),
    PASSES("crestodian"),
    PASSES("cron"),
    PASSES("diagnostics"),
    PASSES("discovery"),
    PASSES("gateway"),
    PASSES("hooks"),
    PASSES("logging"),
    PASSES("mcp"),
    PASSES("media"),
    PASSES("memory"),
    PASSES("meta"),
    PASSES("multiAgent"),
    PASSES("nodeHost"),
    PASSES("plugins"),
    PASSES("proxy"),
    PASSES("security"),
    PASSES("session"),
    PASSES("skills"),
    PASSES("surfaces"),
    PASSES("talk"),
    PASSES("telemetry"),
    PASSES("transcripts"),
    PASSES("ui"),
    PASSES("update"),
    PASSES("vault"),
    PASSES("web"),
    PASSES("wizard"),
    PASSES("worktrees"),
    END,
};
const struct schema_rule schema_openclaw = { .types = IS_OBJECT, .members = openclaw };

static const struct schema_rule attribution[] = {
    { .key = "referer", .types = IS_STRING },
    { .key = "title", .types = IS_STRING },
    { .key = "categories", .types = IS_STRING },
    END,
};
static const struct schema_rule chela_secrets[] = {
    { .key = "allowExec", .types = IS_BOOL },
    END,
};
static const char *const log_forms[] = { "text", "json", "off", NULL };
static const char *const collections[] = { "allow", "deny", NULL };
static const struct schema_rule gateway_timeouts[] = {
    { .key = "connectMs", .types = IS_INT, .min = 0, .max = 86400000 },
    { .key = "firstByteMs", .types = IS_INT, .min = 0, .max = 86400000 },
    { .key = "firstTokenMs", .types = IS_INT, .min = 0, .max = 86400000 },
    { .key = "idleMs", .types = IS_INT, .min = 0, .max = 86400000 },
    { .key = "totalMs", .types = IS_INT, .min = 0, .max = 86400000 },
    END,
};
static const struct schema_rule gateway_upstream[] = {
    { .key = "shape", .types = IS_BOOL },
    { .key = "zdr", .types = IS_BOOL },
    { .key = "dataCollection", .types = IS_STRING, .values = collections },
    { .key = "quantization", .types = IS_STRING },
    { .key = "parameters", .types = IS_ARRAY, .item = &a_string },
    { .key = "timeouts", .types = IS_OBJECT, .members = gateway_timeouts, .keys = KEYS_CLOSED },
    END,
};
static const struct schema_rule gateway_upstreams[] = {
    { .key = "*", .types = IS_OBJECT, .members = gateway_upstream, .keys = KEYS_CLOSED },
    END,
};
static const struct schema_rule gateway_ledger[] = {
    { .key = "keepDays", .types = IS_INT, .min = 0, .max = 36500 },
    { .key = "keepRows", .types = IS_INT, .min = 0, .max = 1000000000 },
    END,
};
static const struct schema_rule a_secret = SECRET(NULL);
static const struct schema_rule gateway_cache[] = {
    { .key = "enabled", .types = IS_BOOL },
    { .key = "coalesce", .types = IS_BOOL },
    { .key = "ttlSeconds", .types = IS_INT, .min = 1, .max = 86400 },
    { .key = "maxBytes", .types = IS_INT, .min = 0, .max = 1099511627776 },
    { .key = "maxAnswers", .types = IS_INT, .min = 0, .max = 16777216 },
    END,
};
static const struct schema_rule gateway[] = {
    { .key = "keys", .types = IS_ARRAY, .item = &a_secret },
    { .key = "hosts", .types = IS_ARRAY, .item = &a_string },
    { .key = "origins", .types = IS_ARRAY, .item = &a_string },
    { .key = "local", .types = IS_BOOL },
    { .key = "aliases", .types = IS_OBJECT, .members = strings_by_name },
    { .key = "heartbeatMs", .types = IS_INT, .min = 0, .max = 86400000 },
    { .key = "refreshMinutes", .types = IS_INT, .min = 0, .max = 525600 },
    { .key = "log", .types = IS_STRING, .values = log_forms },
    { .key = "cache", .types = IS_OBJECT, .members = gateway_cache, .keys = KEYS_CLOSED },
    { .key = "ledger", .types = IS_OBJECT, .members = gateway_ledger, .keys = KEYS_CLOSED },
    { .key = "timeouts", .types = IS_OBJECT, .members = gateway_timeouts, .keys = KEYS_CLOSED },
    { .key = "upstreams", .types = IS_OBJECT, .members = gateway_upstreams },
    END,
};
static const struct schema_rule chela[] = {
    { .key = "attribution", .types = IS_OBJECT, .members = attribution, .keys = KEYS_CLOSED },
    { .key = "secrets", .types = IS_OBJECT, .members = chela_secrets, .keys = KEYS_CLOSED },
    { .key = "gateway", .types = IS_OBJECT, .members = gateway, .keys = KEYS_CLOSED },
    END,
};
const struct schema_rule schema_chela = {
    .types = IS_OBJECT,
    .members = chela,
    .keys = KEYS_CLOSED,
};
