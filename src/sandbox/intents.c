/* What the sandbox knows about chela, OpenRouter and itself: a table of questions.
 *
 * A row has patterns (words_match's: all groups must be in the prompt) and an answer in English and
 * Korean. The row with the most matching groups wins, on a tie the earlier one: the special rows
 * stand above the general ones, and "what is chela" is the last. A new topic is a new row, and a
 * line in test_sandbox_agent.c.
 */
#include "sandbox/skills.h"

#include <string.h>

enum { MAX_PATTERNS = 7, QUESTION_WORDS = 40, TALK_WORDS = 8 };

struct intent {
    const char *pattern[MAX_PATTERNS]; /* NULL-terminated unless full */
    const char *english, *korean;
};

static const struct intent intents[] = {
    { { "who|what are you", "are you human|ai|bot|model|llm|gpt|claude|chatgpt|real|gemini|person",
        "your name", "which|what model you|this|are", "introduce yourself",
        "너|넌|당신 누구|뭐야|정체", "자기소개|누구세요|무슨 모델|어떤 모델" },
      "I am sandbox/agent: rules written in C inside chela, not a language model. I answer the "
      "same way every time, cost nothing and need no network. Every model id you ask for here is "
      "answered by me; the `model` field says so.",
      "저는 sandbox/agent입니다. chela 안에 C로 쓴 규칙 엔진이며 언어 모델이 아닙니다. 같은 "
      "질문에는 "
      "같은 답을 하고, 비용도 네트워크도 필요 없습니다. 여기서는 어떤 모델을 요청해도 제가 답하며, "
      "`model` 필드가 그 사실을 알려 줍니다." },
    { { "what can you", "what you do", "your capabilities|abilities|skills|features", "help",
        "할 수|도움말|기능 뭐|무엇|있|알려", "도와줘" },
      "I can: answer questions about chela, calculate (\"17% of 250\"), repeat (\"say: hi\"), "
      "summarise by picking sentences, remember this conversation (\"my name is …\"), fill a JSON "
      "schema (response_format), call the tool you offer that fits, describe the size of "
      "pictures, count, reverse and list simple things. I honour max_tokens, stop, seed and "
      "reasoning. I can not think: for that, use a real model.",
      "제가 할 수 있는 일: chela에 관한 질문에 답하기, 계산(\"250의 17%\"), 따라 말하기, 문장을 "
      "골라 "
      "요약하기, 대화 내용 기억하기, JSON 스키마 채우기(response_format), 제공된 도구 호출하기, "
      "그림의 "
      "크기 알려 주기, 세기와 뒤집기. max_tokens, stop, seed, reasoning도 지킵니다. 생각은 하지 "
      "못합니다. 그때는 실제 모델을 쓰세요." },
    { { "what|whats|explain|about sandbox", "sandbox do|for|work|works|use|start",
        "샌드박스|sandbox 뭐|무엇|설명|어떻게|알려" },
      "The sandbox is an OpenRouter that runs on your machine: `chela sandbox` serves "
      "/api/v1/chat/completions (streams too), /models and /key, without a key and without a "
      "network, at price 0. Point chela or any OpenAI SDK at the address it prints. `--fault` "
      "makes "
      "it fail on purpose, `--record` and `--replay` keep and repeat requests, `--tls` serves "
      "HTTPS.",
      "샌드박스는 내 컴퓨터에서 도는 OpenRouter입니다. `chela sandbox`가 키와 네트워크 없이 "
      "/api/v1/chat/completions(스트림 포함), /models, /key를 제공합니다. 출력되는 주소를 chela나 "
      "OpenAI SDK의 기본 URL로 쓰면 됩니다. `--fault`는 일부러 실패하게 하고, `--record`와 "
      "`--replay`는 요청을 기록하고 되풀이합니다." },
    { { "set|store|add|put|configure|save|where|need|give|use|enter|provide key", "how api key",
        "set|where|how openrouter api key", "key configuration|config",
        "키 설정|저장|넣|어디|등록|입력|필요" },
      "Set the environment variable OPENROUTER_API_KEY, or write it into openclaw.json: "
      "{ env: { OPENROUTER_API_KEY: \"sk-or-…\" } }. From a shell: chela doc set "
      "\"$(chela config file)\" env.OPENROUTER_API_KEY '\"sk-or-…\"'. A key stored by OpenClaw in "
      "its "
      "auth profiles is found too, and comes first. The sandbox needs none.",
      "환경 변수 OPENROUTER_API_KEY를 설정하거나 openclaw.json에 "
      "{ env: { OPENROUTER_API_KEY: \"sk-or-…\" } }를 쓰세요. 셸에서는 chela doc set "
      "\"$(chela config file)\" env.OPENROUTER_API_KEY '\"sk-or-…\"' 입니다. OpenClaw의 인증 "
      "프로필에 저장된 키도 찾으며, 그것이 먼저입니다. 샌드박스에는 키가 필요 없습니다." },
    { { "how|where get|obtain|create|buy|make api|openrouter key",
        "get|obtain|create|buy|make api|openrouter key", "where|how get|obtain|create key",
        "what|whats api key", "키 받|만들|발급|얻" },
      "Keys are made at openrouter.ai/keys. Then set OPENROUTER_API_KEY, or env.OPENROUTER_API_KEY "
      "in openclaw.json. To try chela first, use the sandbox: it needs no key.",
      "키는 openrouter.ai/keys에서 만듭니다. 그다음 OPENROUTER_API_KEY나 openclaw.json의 "
      "env.OPENROUTER_API_KEY에 넣으세요. 먼저 써 보려면 키가 필요 없는 샌드박스를 쓰세요." },
    { { "choose|pick|select|switch|change|set|use|which|configure model|models", "default model",
        "model reference|references|ref", "모델 선택|고르|골라|바꾸|변경|지정|설정|어떻게" },
      "For one request: --model openrouter/<author>/<model>, for example "
      "openrouter/anthropic/claude-sonnet-4.6. For good: agents.defaults.model.primary in "
      "openclaw.json. Without either it is openrouter/auto, where OpenRouter chooses.",
      "한 번만 바꾸려면 --model openrouter/<제공자>/<모델>, 예를 들어 "
      "openrouter/anthropic/claude-sonnet-4.6을 쓰세요. 계속 쓰려면 openclaw.json의 "
      "agents.defaults.model.primary에 적습니다. 둘 다 없으면 openrouter/auto입니다." },
    { { "list|available|which|what models available|list|there|exist|offer|serve",
        "how many models", "모델 목록|종류" },
      "GET /api/v1/models lists what this sandbox answers for: sandbox/agent, openrouter/auto and "
      "moonshotai/kimi-k2.6, all of them answered by sandbox/agent. The real list is "
      "OpenRouter's; chela keeps a copy of it on disk and falls back to bundled rows off line.",
      "GET /api/v1/models가 이 샌드박스의 목록입니다: sandbox/agent, openrouter/auto, "
      "moonshotai/kimi-k2.6이며 모두 sandbox/agent가 답합니다. 실제 목록은 OpenRouter에 있고, "
      "chela는 "
      "사본을 디스크에 두며 오프라인에서는 내장 목록을 씁니다." },
    { { "openrouter auto", "auto model|router|routing", "자동|오토 라우팅|라우터" },
      "openrouter/auto is OpenRouter's automatic routing: it picks a model for each prompt. It is "
      "the default model, and chela sends it no reasoning payload, because the model is not known "
      "beforehand.",
      "openrouter/auto는 OpenRouter의 자동 라우팅입니다. 프롬프트마다 모델을 골라 줍니다. 기본 "
      "모델이며, 어떤 모델이 될지 모르므로 chela는 reasoning을 보내지 않습니다." },
    { { "what|whats openrouter", "about|explain openrouter", "openrouter 뭐|무엇|설명" },
      "OpenRouter is one API and one key in front of many models, OpenAI-compatible. chela talks "
      "to "
      "it at https://openrouter.ai/api/v1; this sandbox speaks the same API off line.",
      "OpenRouter는 여러 모델 앞에 있는 하나의 API와 하나의 키이며 OpenAI와 호환됩니다. chela는 "
      "https://openrouter.ai/api/v1과 통신하고, 이 샌드박스는 같은 API를 오프라인에서 "
      "제공합니다." },
    { { "what|whats|how|does|command explain", "chela explain", "why request",
        "explain command|do|does", "explain 명령|뭐|무엇|어떻게", "요청 왜|이유" },
      "`chela explain` before any command line, for example `chela explain infer model run --model "
      "… --prompt hi`, prints the exact request, secrets masked, and for every header and field "
      "that a rule added, changed or dropped: the rule, the reason and the place in the "
      "documentation. It sends nothing; --json gives it to programs.",
      "명령 앞에 `chela explain`을 붙이면, 예를 들어 `chela explain infer model run --model … "
      "--prompt hi`, 보낼 요청을 그대로(비밀은 가려서) 보여 주고, 규칙이 더하거나 바꾸거나 뺀 "
      "것마다 "
      "규칙, 이유, 문서 위치를 알려 줍니다. 아무것도 보내지 않습니다. --json도 있습니다." },
    { { "where|which|find|location|path config|configuration|openclaw|settings",
        "config|configuration file|files", "edit|change config|configuration|settings",
        "설정|구성 어디|파일|위치|경로|수정" },
      "`chela config file` prints the path. It is OPENCLAW_CONFIG_PATH, else "
      "$OPENCLAW_STATE_DIR/openclaw.json, else ~/.openclaw/openclaw.json. `chela config get PATH` "
      "reads a value, `chela config validate` checks the file, and `chela doc set FILE PATH VALUE` "
      "edits it with every comment kept. What only chela has is in "
      "$XDG_CONFIG_HOME/chela/chela.json5.",
      "`chela config file`이 경로를 알려 줍니다. OPENCLAW_CONFIG_PATH, 없으면 "
      "$OPENCLAW_STATE_DIR/openclaw.json, 없으면 ~/.openclaw/openclaw.json입니다. `chela config "
      "get "
      "경로`로 값을 읽고, `chela config validate`로 검사하고, `chela doc set 파일 경로 값`으로 "
      "주석을 "
      "그대로 둔 채 고칩니다." },
    { { "openai sdk|client|library|python|node|javascript|package", "base url|uri", "baseurl",
        "sdk use|connect|point|how|with",
        "python|javascript|node|curl|langchain connect|use|call|how",
        "sdk|openai 연결|사용|어떻게|쓰", "기본 url" },
      "Change the base URL of the SDK to the address that `chela sandbox` prints, for example "
      "OpenAI(base_url=\"http://127.0.0.1:PORT/api/v1\", api_key=\"any\") in Python or baseURL in "
      "Node. Both /api/v1 and /v1 work. Chat, streams, tools and JSON schemas are answered.",
      "SDK의 기본 URL을 `chela sandbox`가 출력하는 주소로 바꾸세요. Python에서는 "
      "OpenAI(base_url=\"http://127.0.0.1:PORT/api/v1\", api_key=\"any\"), Node에서는 "
      "baseURL입니다. "
      "/api/v1과 /v1 모두 됩니다." },
    { { "thinking level|levels|effort", "reasoning level|levels|effort|set|use|enable",
        "thinking set|use|enable|how|what|off|high",
        "thinking|reasoning|생각|추론 수준|단계|설정|레벨" },
      "--thinking takes off, minimal, low, medium, high, and xhigh where the model lists it "
      "(DeepSeek V4 does); adaptive is medium where it is not listed. A default stands in the "
      "configuration. It becomes OpenRouter's reasoning payload; openrouter/auto and models that "
      "do not reason get none.",
      "--thinking은 off, minimal, low, medium, high를 받고, 모델 목록에 있으면 xhigh도 "
      "됩니다(DeepSeek "
      "V4). adaptive는 목록에 없으면 medium입니다. OpenRouter의 reasoning으로 바뀌며, "
      "openrouter/auto와 추론하지 않는 모델에는 보내지 않습니다." },
    { { "response cache|caching", "cache|caching response|answers|ttl|enable|set|how|what",
        "responsecache", "응답 캐시|캐싱", "캐시|캐싱 설정|뭐|어떻게|켜" },
      "OpenRouter's response cache is opt-in per model: params.responseCache: true under "
      "agents.defaults.models[\"openrouter/auto\"] sends X-OpenRouter-Cache: true; "
      "responseCacheTtlSeconds: 300 adds X-OpenRouter-Cache-TTL; responseCacheClear: true "
      "refreshes this one answer. Only on verified openrouter.ai routes; the sandbox has no cache.",
      "OpenRouter의 응답 캐시는 모델별로 켭니다. agents.defaults.models[\"openrouter/auto\"]의 "
      "params.responseCache: true는 X-OpenRouter-Cache: true를 보내고, responseCacheTtlSeconds: "
      "300은 "
      "X-OpenRouter-Cache-TTL을 더합니다. responseCacheClear: true는 이번 답을 새로 고칩니다. "
      "검증된 "
      "openrouter.ai 경로에만 적용됩니다." },
    { { "prompt cache|caching what|how|explain|is|the", "prompt cache|caching", "cache control",
        "anthropic cache|markers|marker|caching", "프롬프트 캐시|캐싱", "캐시 마커" },
      "For Anthropic models on verified OpenRouter routes chela marks the system prompt, the last "
      "tool and the last user text with cache_control, so that the provider can reuse them. "
      "params.cacheRetention: \"none\" takes the markers away, \"long\" asks for an hour. That is "
      "separate from the response cache.",
      "검증된 경로의 Anthropic 모델에는 chela가 시스템 프롬프트, 마지막 도구, 마지막 사용자 글에 "
      "cache_control을 답니다. params.cacheRetention: \"none\"은 끄고 \"long\"은 한 시간을 "
      "요청합니다. "
      "응답 캐시와는 별개입니다." },
    { { "provider routing|route|order", "routing metadata|params|provider|configure|set",
        "제공자|프로바이더 라우팅" },
      "Put OpenRouter's routing object under a model's params: "
      "agents.defaults.models[\"openrouter/…\"]"
      ".params.provider, for example { order: [\"anthropic\"], allow_fallbacks: false }. It is "
      "forwarded as `provider` on verified routes; more specific settings win key by key.",
      "모델의 params 아래에 OpenRouter 라우팅 객체를 두세요. 예: params.provider = { order: "
      "[\"anthropic\"], allow_fallbacks: false }. 검증된 경로에서 `provider`로 전달됩니다." },
    { { "attribution header|headers", "http|referer|header|headers sent|which|what|attribution",
        "헤더 귀속|어떤|무슨" },
      "On verified OpenRouter routes chela sends HTTP-Referer, X-OpenRouter-Title and "
      "X-OpenRouter-Categories beside the bearer key, and on no other route. `chela explain` shows "
      "them.",
      "검증된 OpenRouter 경로에서는 Bearer 키와 함께 HTTP-Referer, X-OpenRouter-Title, "
      "X-OpenRouter-Categories를 보내고 다른 곳에는 보내지 않습니다. `chela explain`으로 볼 수 "
      "있습니다." },
    { { "c library|program|programs|api", "libchela", "chela h", "pkg config", "embed|link c",
        "라이브러리 사용|어떻게|뭐|c" },
      "libchela is the same as a library: include <chela.h>, cc program.c $(pkg-config --cflags "
      "--libs chela). chela_open, chela_run with callbacks for the text, chela_answer, "
      "chela_close. The header documents ownership and errors.",
      "libchela는 같은 일을 하는 라이브러리입니다. <chela.h>를 포함하고 cc program.c $(pkg-config "
      "--cflags --libs chela)로 컴파일하세요. chela_open, chela_run, chela_answer, chela_close를 "
      "씁니다." },
    { { "doc command|commands|check|get|set|unset", "edit|change|read|check json|json5",
        "chela doc", "json5|json 수정|편집|검사" },
      "chela doc check|get|set|unset works on JSON and JSON5 files: `chela doc get FILE PATH`, "
      "`chela doc set FILE PATH VALUE`, `chela doc unset FILE PATH`, `chela doc check FILE`. Edits "
      "keep comments, layout and every byte that they do not touch. --json is strict.",
      "chela doc check|get|set|unset은 JSON과 JSON5 파일을 다룹니다. `chela doc set 파일 경로 "
      "값`은 "
      "주석과 손대지 않은 바이트를 그대로 둡니다. --json은 엄격한 JSON입니다." },
    { { "fault|faults", "simulate|inject error|errors|failure|timeout|429|500|stall",
        "test errors|error handling", "오류|장애|에러 흉내|주입|시험|테스트" },
      "`chela sandbox --fault …` makes the sandbox fail on purpose: delays, stalls, cut streams, "
      "malformed events, error events and any status, e.g. --fault status=429,retry-after=1. "
      "chela-sandbox(1) lists them.",
      "`chela sandbox --fault …`로 일부러 실패하게 할 수 있습니다: 지연, 멈춤, 끊긴 스트림, 잘못된 "
      "이벤트, 오류 이벤트, 원하는 상태 코드. chela-sandbox(1)에 목록이 있습니다." },
    { { "exit code|codes|status", "종료 코드" },
      "Exit codes follow sysexits: 0 success, 64 usage, 65 bad input, 69 unavailable, 75 try "
      "again later, 76 protocol error, 77 key refused, 78 configuration, 130 cancelled.",
      "종료 코드는 sysexits를 따릅니다: 0 성공, 64 사용법, 65 잘못된 입력, 69 연결 불가, 75 나중에 "
      "다시, "
      "76 프로토콜 오류, 77 거부된 키, 78 설정 오류, 130 취소." },
    { { "run|send|ask|use prompt|question|request|chela how|command|terminal", "infer model run",
        "how use chela", "chela 사용법|어떻게|쓰는", "프롬프트 보내|실행" },
      "chela infer model run --prompt \"…\" sends one prompt (standard input works too) and "
      "streams "
      "the answer; --model, --thinking, --file picture.png and --json are the usual options. chela "
      "agent --local --session-id S --message \"…\" runs one agent turn.",
      "chela infer model run --prompt \"…\"은 프롬프트 하나를 보내고(표준 입력도 됩니다) 답을 "
      "스트리밍합니다. --model, --thinking, --file 그림.png, --json을 쓸 수 있습니다. chela agent "
      "--local --session-id S --message \"…\"은 에이전트 한 턴을 실행합니다." },
    { { "json output|envelope|script|scripts", "script|scripts|scripting chela|use|headless",
        "스크립트|json 출력" },
      "--json prints one envelope on standard output: ok, capability, provider, model, outputs, "
      "error and more; progress goes to standard error, and the exit code says what happened.",
      "--json은 표준 출력에 하나의 JSON 봉투(ok, capability, provider, model, outputs, error …)를 "
      "내보냅니다. 진행 상황은 표준 오류로 가고, 종료 코드가 결과를 말해 줍니다." },
    { { "stream|streaming how|does|work|support|enable|what", "스트리밍|스트림" },
      "With \"stream\": true the answer comes as server-sent events, word by word: comments, "
      "chunks "
      "with a delta, one with finish_reason, one with usage and empty choices, then [DONE]. chela "
      "streams by itself.",
      "\"stream\": true이면 답이 단어 단위 서버 전송 이벤트로 옵니다: 주석, delta 청크, "
      "finish_reason, "
      "usage, 그리고 [DONE]. chela는 늘 스트리밍합니다." },
    { { "how|what|support|use tools|tool|functions|function call|calling|calls|offer|use|work",
        "도구|함수 호출|어떻게" },
      "Offer tools in the request: I call the one whose name or description fits your words, with "
      "arguments from your prompt, when every required argument is in it. tool_choice \"required\" "
      "or a named function always calls. Send the result back as a tool message and I answer with "
      "it.",
      "요청에 tools를 넣으면 이름이나 설명이 맞는 도구를, 필요한 인수가 모두 글에 있을 때 "
      "호출합니다. "
      "tool_choice가 \"required\"이거나 함수를 지정하면 항상 호출합니다. 결과를 tool 메시지로 "
      "보내면 "
      "그것으로 답합니다." },
    { { "json schema|schemas", "structured output|outputs", "response format",
        "스키마|구조화 출력|채우|어떻게" },
      "Send response_format {\"type\":\"json_schema\",\"json_schema\":{\"name\":…,\"schema\":…}}: "
      "I fill "
      "it with values from your prompt, always valid against the schema. "
      "{\"type\":\"json_object\"} "
      "works too.",
      "response_format에 json_schema를 넣으면 글에서 찾은 값으로 스키마에 맞게 채웁니다. "
      "{\"type\":\"json_object\"}도 됩니다." },
    { { "cost|price|pricing|free|pay|expensive|charge|charged",
        "얼마|비용|가격|무료 샌드박스|너|sandbox|드" },
      "The sandbox costs nothing: every price is 0 and nothing leaves this machine. On the real "
      "OpenRouter the account of your key pays; usage.cost in each answer says how much.",
      "샌드박스는 무료입니다. 모든 가격이 0이고 아무것도 이 컴퓨터를 떠나지 않습니다. 실제 "
      "OpenRouter에서는 키의 계정이 지불하며, 답의 usage.cost가 금액을 알려 줍니다." },
    { { "privacy|private|offline|network|internet|leave data|need|use|work|send|access", "privacy",
        "오프라인|개인정보|인터넷|네트워크" },
      "The sandbox listens on this machine only, sends nothing anywhere and stores nothing unless "
      "you ask for --record.",
      "샌드박스는 이 컴퓨터에서만 듣고, 어디에도 보내지 않으며, --record를 쓰지 않으면 저장하지도 "
      "않습니다." },
    { { "401|unauthorized", "402|credit|credits|balance", "429|rate limit|limits|limited" },
      "401: the key is missing or refused. 402: the account has no credit. 429: too many requests; "
      "chela waits for Retry-After and tries again, at most twice, before any text came.",
      "401은 키가 없거나 거부된 것, 402는 잔액 부족, 429는 요청이 너무 많은 것입니다. chela는 "
      "Retry-After를 지켜 최대 두 번 다시 시도합니다." },
    { { "install|build|compile chela|how|it", "quickstart", "chela 설치|빌드 어떻게|방법|알려|해",
        "설치|빌드 어떻게|방법|chela" },
      "./quickstart installs what is missing, builds chela and runs one answer off line. By hand: "
      "cmake --preset release && cmake --build --preset release; the programs are in "
      "build/release/bin/. ./check runs every test.",
      "./quickstart가 필요한 것을 설치하고 빌드해서 오프라인으로 한 번 실행합니다. 직접 하려면 "
      "cmake "
      "--preset release && cmake --build --preset release이며, 프로그램은 build/release/bin/에 "
      "있습니다." },
    { { "license|licence chela|what|which|your", "라이선스|라이센스" },
      "chela is free software under the MIT license.",
      "chela는 MIT 라이선스의 자유 소프트웨어입니다." },
    { { "what|how|send picture|image|pictures|images file|send|attach|input",
        "그림|이미지|사진 보내|첨부" },
      "chela infer model run --file picture.png --prompt \"…\" sends a picture with the prompt. I "
      "can "
      "tell its type and size in pixels, not what is on it.",
      "chela infer model run --file 그림.png --prompt \"…\"으로 그림을 함께 보냅니다. 저는 종류와 "
      "픽셀 "
      "크기는 알지만 무엇이 그려졌는지는 모릅니다." },
    { { "what|who openclaw", "openclaw 뭐|무엇" },
      "OpenClaw is an agent program written in TypeScript; chela does natively what its OpenRouter "
      "provider does and reads the same openclaw.json.",
      "OpenClaw는 TypeScript로 쓴 에이전트 프로그램입니다. chela는 그 OpenRouter 제공자가 하는 "
      "일을 "
      "네이티브로 하고 같은 openclaw.json을 읽습니다." },
    { { "ping" }, "pong", "pong" },
    { { "tell|know joke", "joke", "농담|웃긴" },
      "Why did the crab never share? It was shellfish.",
      "게가 왜 옆으로 걸을까요? 앞길이 막막해서요." },
    { { "what|why name mean|chela", "meaning chela" },
      "A chela is the claw of a crab.",
      "chela는 게의 집게발이라는 뜻입니다." },
    { { "what|whats|explain|describe|about|tell chela", "chela 뭐|무엇|설명|소개|알려",
        "what chela do" },
      "chela is OpenRouter for the terminal, for C programs and for the network: one key, every "
      "model, one small native program. It reads OpenClaw's openclaw.json, shapes each request by "
      "the rules of OpenClaw's OpenRouter provider, and streams the answer. `chela explain` shows "
      "the exact request, and this sandbox answers off line.",
      "chela는 터미널, C 프로그램, 네트워크를 위한 OpenRouter입니다. 키 하나로 모든 모델을 쓰는 "
      "작은 "
      "네이티브 프로그램입니다. OpenClaw의 openclaw.json을 그대로 읽고, OpenRouter 제공자의 "
      "규칙대로 "
      "요청을 다듬어 답을 스트리밍합니다. `chela explain`은 보낼 요청을 그대로 보여 줍니다." },
};

static const struct intent *best_intent(const struct agent_turn *t) {
    const struct intent *best = NULL;
    unsigned most = 0;
    for (size_t i = 0; i < sizeof intents / sizeof intents[0]; i++) {
        for (size_t k = 0; k < MAX_PATTERNS && intents[i].pattern[k]; k++) {
            const char *pattern = intents[i].pattern[k];
            unsigned groups = words_match(&t->words, pattern);
            /* One word alone decides only when the prompt is little more than it. */
            if (groups == 1 && t->words.n > 6) continue;
            if (groups <= most) continue;
            most = groups;
            best = &intents[i];
        }
    }
    return best;
}

bool skill_intent(struct agent_turn *t) {
    if (t->words.n > QUESTION_WORDS) return false;
    const struct intent *found = best_intent(t);
    if (found) turn_say(t, found->english, found->korean);
    return found != NULL;
}

/* ---- small talk: only when the prompt is nothing else ---- */

static const struct {
    const char *pattern;
    size_t words; /* at most so many */
    bool opens;   /* the first word, or Korean: "translate hello" is no greeting */
    const char *english[3];
    const char *korean;
} talk[] = {
    { "how are|is|s|goes|re you|it|things|going",
      TALK_WORDS,
      false,
      { "All rules in order, thank you. What shall I do?", "Fine: no rule is missing. And you?",
        "As deterministic as ever. How can I help?" },
      "모든 규칙이 제자리에 있습니다. 무엇을 도와드릴까요?" },
    { "hello|hi|hey|hiya|greetings|howdy|안녕|반가워|여보세요",
      5,
      true,
      { "Hello! I am sandbox/agent, chela's rules engine. Ask me what I can do.",
        "Hi there! This is sandbox/agent: rules, no language model. What shall we try?",
        "Hello from the sandbox! I am sandbox/agent. Try \"what can you do?\"" },
      "안녕하세요! 저는 chela의 규칙 엔진 sandbox/agent입니다. 무엇을 할 수 있는지 물어보세요." },
    { "good morning|evening|afternoon|day",
      4,
      true,
      { "Good day! I am sandbox/agent. What shall I do?", "Good day to you!", "Good day!" },
      "안녕하세요!" },
    { "thanks|thank|thx|cheers|고마|감사",
      6,
      false,
      { "You are welcome.", "Gladly.", "Any time." },
      "천만에요." },
    { "bye|goodbye|cya|잘 가|안녕히",
      4,
      true,
      { "Goodbye!", "Until next time.", "Bye!" },
      "안녕히 가세요!" },
    { "test|testing|테스트|시험",
      4,
      false,
      { "The test arrived: sandbox/agent is up and answering.", "Test received, loud and clear.",
        "It works: this is sandbox/agent." },
      "테스트를 받았습니다. sandbox/agent가 잘 작동합니다." },
    { "ok|okay|yes|no|sure|great|nice|cool|good|네|아니요|좋아",
      2,
      true,
      { "Good. What next?", "Understood. What shall I do next?", "All right." },
      "알겠습니다. 다음은 무엇을 할까요?" },
    { "say something|anything",
      3,
      true,
      { "Something, said by rules.", "Crabs walk sideways; I answer straight.", "Hello, world." },
      "무언가를 말했습니다." },
};

bool skill_small_talk(struct agent_turn *t) {
    for (size_t i = 0; i < sizeof talk / sizeof talk[0]; i++) {
        if (t->words.n > talk[i].words || !words_match(&t->words, talk[i].pattern)) continue;
        if (talk[i].opens && !t->korean && !words_phrase_at(&t->words, talk[i].pattern, 0, NULL))
            continue;
        turn_say(t, talk[i].english[turn_variant(t, (unsigned)i + 16, 3)], talk[i].korean);
        return true;
    }
    return false;
}

/* ---- nothing fitted ---- */

static size_t subject_words(const struct agent_turn *t, str *out, size_t cap) {
    size_t n = 0;
    for (size_t i = 0; i < t->words.n && n < cap; i++) {
        const struct word *w = &t->words.w[i];
        bool twin = false;
        for (size_t k = 0; k < n; k++) twin = twin || str_ieq(out[k], w->text);
        if (word_is_common(w->text) || w->text.n < 3 || w->text.n > 40 || twin) continue;
        out[n++] = (str){ t->prompt.p + w->at, w->end - w->at };
    }
    return n;
}

void skill_honest(struct agent_turn *t) {
    static const char *const openings[] = {
        "I am sandbox/agent: rules written in C, no language model, so I cannot answer that.",
        "That is beyond me: sandbox/agent is a rules engine, not a language model.",
        "No rule of mine answers that. I am sandbox/agent, a rules engine and no language model.",
    };
    str subject[5];
    size_t n = subject_words(t, subject, 5);
    if (t->korean) {
        buf_add(t->out,
                S("저는 C로 쓴 규칙 엔진 sandbox/agent이며 언어 모델이 아니라서, 이 질문에는 답할 "
                  "수 없습니다."));
        if (n) buf_add(t->out, S(" 제가 알아본 낱말: "));
    } else {
        buf_add(t->out, str_c(openings[turn_variant(t, 2, 3)]));
        if (n) buf_addf(t->out, " I read %zu words, about: ", t->words.n);
    }
    for (size_t i = 0; i < n; i++) buf_addf(t->out, "%s%.*s", i ? ", " : "", STR_ARG(subject[i]));
    if (n) buf_addc(t->out, '.');
    turn_say(
        t,
        " I can answer questions about chela, calculate, repeat, summarise, remember this "
        "conversation, fill a JSON schema and call your tools. For real answers, send the same "
        "request to a model on OpenRouter.",
        " chela에 관한 질문, 계산, 따라 말하기, 요약, 대화 기억, JSON 스키마 채우기, 도구 호출은 "
        "할 "
        "수 있습니다. 실제 답이 필요하면 같은 요청을 OpenRouter의 모델에 보내세요.");
}
