#include "engines/scene/words.h"

#include "engines/scene/plan.h"

#include <string.h>

struct row {
    const char *words; /* separated by '|' */
    enum meaning means;
    int value;
    const char *name;
};

#define KIND(name, words)                                                                          \
    { words, MEANS_KIND, 0, name }

static const struct row rows[] = {
    /* ---- filler ---- */
    { "a|an|the|of|to|picture|image|photo|photograph|drawing|illustration|painting|please|draw|"
      "paint|make|create|"
      "generate|show|me|some kind "
      "of|there|it|its|this|that|very|really|beautiful|pretty|cute|nice|lovely|"
      "happy|friendly|cozy|cosy|old|young|new|my|your|his|her|their|our|i|you|he|she|they|we|want|"
      "would|like|"
      "scene|view|style|art|artwork|in style "
      "of|looking|sitting|standing|flying|swimming|running|walking|sleeping|"
      "playing|floating|shining|sailing|driving|smiling|colorful|colourful|bright|dark|wooden|"
      "video|clip|animation|"
      "short|slow|slowly|gently|moving|camera "
      "shot|shot|up|down|out|into|from|for|by|as|be|being|who|which|where|"
      "while|then|so|just|walks|walk|runs|run|jumps|jump|swims|swim|flies|fly|sails|sail|drives|"
      "drive|rolls|roll|rises|rise|sets|falls|moves|move|goes|go|comes|come|plays|play|sits|sit|"
      "stands|stand|sleeps|sleep|shines|shine|floats|float|dances|dance|drifts|drift|rocks|looks|"
      "look|says|say|past|through|across|add|put|now|one "
      "of|full|filled|lots|lot|high|tall|long|wide|detailed|realistic|cinematic|4k|hd|"
      "그려줘|그려|그림|그려주세요|사진|예쁜|귀여운|멋진|만들어줘|있는|그리고|보여줘|주세요|"
      "아름다운",
      MEANS_NOTHING, 0, NULL },
    { "and|plus|also|together|&|와|과|랑|이랑|하고", MEANS_AND, 0, NULL },
    { "no|without|not|except", MEANS_NOT, 0, NULL },
    { "is|are|was|were|has|have", MEANS_IS, 0, NULL },
    { "background|backdrop|배경", MEANS_GROUND, 0, NULL },
    /* ---- numbers ---- */
    { "one|single|하나|한", MEANS_COUNT, 1, NULL },
    { "two|pair|couple|both|twin|둘|두", MEANS_COUNT, 2, NULL },
    { "three|셋|세", MEANS_COUNT, 3, NULL },
    { "four|several|some|넷|네|몇", MEANS_COUNT, 4, NULL },
    { "five|a few|few|다섯", MEANS_COUNT, 5, NULL },
    { "six|half a dozen|여섯", MEANS_COUNT, 6, NULL },
    { "seven|일곱", MEANS_COUNT, 7, NULL },
    { "eight|many|flock|group|여덟|많은|여러", MEANS_COUNT, 8, NULL },
    { "nine|아홉", MEANS_COUNT, 9, NULL },
    { "ten|열", MEANS_COUNT, 10, NULL },
    { "eleven", MEANS_COUNT, 11, NULL },
    { "twelve|dozen|a dozen", MEANS_COUNT, 12, NULL },
    { "마리|개|명|대|송이|그루|권|잔|채|척|조각", MEANS_COUNTER, 0, NULL },
    /* ---- colours ---- */
    { "red|crimson|scarlet|빨간|빨간색|빨강|붉은", MEANS_COLOUR, 0xe03c34, NULL },
    { "orange coloured|주황|주황색", MEANS_COLOUR, 0xf28c2c, NULL },
    { "yellow|노란|노란색|노랑", MEANS_COLOUR, 0xf7cf33, NULL },
    { "green|emerald|초록|초록색|녹색", MEANS_COLOUR, 0x4fa648, NULL },
    { "dark green", MEANS_COLOUR, 0x2f6a3c, NULL },
    { "light green|lime|연두|연두색", MEANS_COLOUR, 0xa4d65a, NULL },
    { "blue|파란|파란색|파랑|푸른", MEANS_COLOUR, 0x3a7fd0, NULL },
    { "light blue|sky blue|cyan|turquoise|teal|하늘색", MEANS_COLOUR, 0x5fc3e0, NULL },
    { "dark blue|navy|남색", MEANS_COLOUR, 0x28407c, NULL },
    { "purple|violet|lilac|lavender|보라|보라색", MEANS_COLOUR, 0x8a55b8, NULL },
    { "pink|magenta|분홍|분홍색|핑크", MEANS_COLOUR, 0xf084b0, NULL },
    { "brown|갈색", MEANS_COLOUR, 0x8f5f3a, NULL },
    { "black|검은|검은색|검정|까만", MEANS_COLOUR, 0x32323c, NULL },
    { "white|하얀|하얀색|흰|흰색", MEANS_COLOUR, 0xf8f8f6, NULL },
    { "gray|grey|회색", MEANS_COLOUR, 0x98a0aa, NULL },
    { "silver|은색", MEANS_COLOUR, 0xc3cad3, NULL },
    { "gold|golden|금색|황금", MEANS_COLOUR, 0xeab53a, NULL },
    { "beige|cream", MEANS_COLOUR, 0xeadfc4, NULL },
    /* ---- sizes ---- */
    { "big|large|huge|giant|enormous|massive|great|큰|커다란|거대한", MEANS_SIZE, 150, NULL },
    { "small|little|tiny|mini|miniature|작은|조그만|꼬마", MEANS_SIZE, 65, NULL },
    /* ---- places ---- */
    { "sea|ocean|water|lake|waves|wave|harbor|harbour|bay|바다|호수|물|파도", MEANS_PLACE,
      PLACE_SEA, NULL },
    { "beach|shore|seaside|coast|sand|해변|바닷가|모래", MEANS_PLACE, PLACE_BEACH, NULL },
    { "underwater|under the sea|under the water|under the ocean|bottom of the sea|deep "
      "sea|seabed|reef|coral reef|"
      "aquarium|바닷속|바다속|물속",
      MEANS_PLACE, PLACE_UNDERWATER, NULL },
    { "space|outer space|galaxy|universe|cosmos|orbit|nebula|milky way|우주|은하", MEANS_PLACE,
      PLACE_SPACE, NULL },
    { "on the moon|moon surface|lunar surface|달 위|달 표면", MEANS_PLACE, PLACE_MOON, NULL },
    { "street|downtown|urban|avenue|거리", MEANS_PLACE, PLACE_CITY, NULL },
    { "desert|dune|dunes|sahara|사막", MEANS_PLACE, PLACE_DESERT, NULL },
    { "in a forest|in the forest|in the woods|in a jungle|in the jungle|jungle|숲속|숲 속|정글",
      MEANS_PLACE, PLACE_FOREST, NULL },
    { "landscape|scenery|nature|field|fields|meadow|garden|park|farm|countryside|lawn|valley|"
      "prairie|land|outdoors|yard|풍경|들판|초원|정원|공원|농장|마당",
      MEANS_PLACE, PLACE_LAND, NULL },
    { "room|kitchen|indoors|inside|office|bedroom|livingroom|living "
      "room|desk|cafe|restaurant|library|shelf|방|부엌|"
      "거실|책상|카페",
      MEANS_PLACE, PLACE_ROOM, NULL },
    { "sky|in the sky|in the air|air|heaven|하늘", MEANS_PLACE, PLACE_SKY, NULL },
    { "icon|logo|sticker|emoji|clipart|clip "
      "art|minimal|minimalist|minimalistic|isolated|mascot|아이콘|로고|스티커",
      MEANS_PLACE, PLACE_PLAIN, NULL },
    { "road|path|highway|trail|길|도로", MEANS_ROAD, 0, NULL },
    { "river|stream|creek|brook|강|시냇물|냇물", MEANS_RIVER, 0, NULL },
    /* ---- time, season, weather ---- */
    { "night|midnight|at night|nighttime|moonlit|moonlight|starry|nocturnal|밤|밤하늘|한밤",
      MEANS_HOUR, HOUR_NIGHT, NULL },
    { "sunset|dusk|evening|sundown|twilight|golden hour|노을|석양|저녁|해질녘|일몰", MEANS_HOUR,
      HOUR_SUNSET, NULL },
    { "sunrise|dawn|morning|daybreak|아침|새벽|해돋이|일출", MEANS_HOUR, HOUR_DAWN, NULL },
    { "day|daytime|noon|midday|afternoon|낮|오후|한낮", MEANS_HOUR, HOUR_DAY, NULL },
    { "spring|blossom|blossoms|봄", MEANS_SEASON, SEASON_SPRING, NULL },
    { "summer|여름", MEANS_SEASON, SEASON_SUMMER, NULL },
    { "autumn|fall|autumnal|가을|단풍", MEANS_SEASON, SEASON_AUTUMN, NULL },
    { "winter|wintry|frozen|ice|icy|arctic|antarctica|christmas|겨울|얼음|크리스마스", MEANS_SEASON,
      SEASON_WINTER, NULL },
    { "rain|rainy|raining|drizzle|비가|비 오는|비오는|비", MEANS_WEATHER, WEATHER_RAIN, NULL },
    { "snow|snowy|snowing|snowfall|blizzard|눈이|눈 오는|눈오는|눈 내리는|눈 덮인|눈",
      MEANS_WEATHER, WEATHER_SNOW, NULL },
    { "fog|foggy|mist|misty|haze|hazy|안개", MEANS_WEATHER, WEATHER_FOG, NULL },
    { "storm|stormy|thunderstorm|thunder|폭풍|천둥", MEANS_WEATHER, WEATHER_STORM, NULL },
    { "cloudy|overcast|흐린|구름 낀", MEANS_WEATHER, WEATHER_CLOUDS, NULL },
    { "wind|windy|breeze|breezy|바람", MEANS_WEATHER, WEATHER_WIND, NULL },
    { "clear|cloudless|sunny|맑은", MEANS_WEATHER, WEATHER_CLEAR, NULL },
    /* ---- style ---- */
    { "pixel|pixel art|pixelated|8 bit|8-bit|8bit|retro game|픽셀|도트", MEANS_STYLE, STYLE_PIXEL,
      NULL },
    { "watercolor|watercolour|watercolours|watercolors|aquarelle|oil painting|수채화", MEANS_STYLE,
      STYLE_WATERCOLOUR, NULL },
    { "line drawing|line art|lineart|sketch|outline|outlines|coloring page|colouring page|coloring "
      "book|ink drawing|"
      "pencil drawing|line|doodle|선화|스케치",
      MEANS_STYLE, STYLE_LINE, NULL },
    { "black and white|monochrome|grayscale|greyscale|noir|흑백", MEANS_STYLE, STYLE_GREY, NULL },
    { "sepia|vintage|old photo|antique", MEANS_STYLE, STYLE_SEPIA, NULL },
    { "neon|cyberpunk|synthwave|vaporwave|네온", MEANS_STYLE, STYLE_NEON, NULL },
    { "pastel|soft colors|soft colours|파스텔", MEANS_STYLE, STYLE_PASTEL, NULL },
    { "flat|cartoon|vector|만화", MEANS_STYLE, STYLE_FLAT, NULL },
    /* ---- relations ---- */
    { "on top of|on|upon|onto|riding|rides|atop|sitting on|standing on|in|inside of",
      MEANS_RELATION, REL_ON, NULL },
    { "above|over|flying over|flying above", MEANS_RELATION, REL_ABOVE, NULL },
    { "under|below|beneath|underneath", MEANS_RELATION, REL_BELOW, NULL },
    { "left of|to the left of|on the left of", MEANS_RELATION, REL_LEFT, NULL },
    { "right of|to the right of|on the right of", MEANS_RELATION, REL_RIGHT, NULL },
    { "next to|beside|near|by the|close to|at|around|along|chasing|playing with", MEANS_RELATION,
      REL_BESIDE, NULL },
    { "holding|holds|carrying|carries|with|든", MEANS_RELATION, REL_HOLD, NULL },
    { "behind", MEANS_RELATION, REL_BEHIND, NULL },
    { "in front of|before", MEANS_RELATION, REL_BEFORE, NULL },
    { "wearing|wears|in a hat|쓴|입은", MEANS_RELATION, REL_WEAR, NULL },
    { "위에|위의|위|위로", MEANS_POST, REL_ON, NULL },
    { "아래에|아래|밑에|밑", MEANS_POST, REL_BELOW, NULL },
    { "옆에|옆의|옆|곁에", MEANS_POST, REL_BESIDE, NULL },
    { "뒤에|뒤", MEANS_POST, REL_BEHIND, NULL },
    { "앞에|앞", MEANS_POST, REL_BEFORE, NULL },
    { "on the left|left side|at left|left|왼쪽|왼쪽에", MEANS_SIDE, SIDE_LEFT, NULL },
    { "on the right|right side|at right|right|오른쪽|오른쪽에", MEANS_SIDE, SIDE_RIGHT, NULL },
    { "top|at the top|위쪽", MEANS_SIDE, SIDE_TOP, NULL },
    { "bottom|at the bottom|아래쪽", MEANS_SIDE, SIDE_BOTTOM, NULL },
    { "in the middle|center|centre|in the center|in the centre|middle|가운데", MEANS_SIDE,
      SIDE_MIDDLE, NULL },
    /* ---- things ---- */
    KIND("sun", "sun|sunshine|해|태양|햇님|해님"),
    KIND("moon", "moon|full moon|crescent|달|보름달|달님"),
    KIND("star", "star|별|별님"),
    KIND("cloud", "cloud|구름"),
    KIND("rainbow", "rainbow|무지개"),
    KIND("planet", "planet|saturn|jupiter|mars|행성|토성"),
    KIND("comet", "comet|meteor|shooting star|혜성|별똥별|유성"),
    KIND("satellite", "satellite|space station|위성|인공위성"),
    KIND("lightning", "lightning|lightning bolt|번개"),
    KIND("firework", "firework|불꽃놀이|폭죽"),
    KIND("mountain", "mountain|peak|alps|himalaya|산|산맥"),
    KIND("volcano", "volcano|화산"),
    KIND("hill", "hill|언덕"),
    KIND("island", "island|섬"),
    KIND("tree", "tree|oak|maple|apple tree|나무"),
    KIND("pine", "pine|pine tree|fir|fir tree|spruce|christmas tree|소나무|전나무"),
    KIND("palm", "palm|palm tree|coconut tree|coconut|야자수|야자나무"),
    KIND("bush", "bush|shrub|hedge|덤불"),
    KIND("forest", "forest|wood|woods|숲"),
    KIND("grass", "grass|풀|잔디"),
    KIND("flower", "flower|daisy|blossom flower|꽃"),
    KIND("tulip", "tulip|튤립"),
    KIND("rose", "rose|장미"),
    KIND("sunflower", "sunflower|해바라기"),
    KIND("mushroom", "mushroom|toadstool|버섯"),
    KIND("cactus", "cactus|cacti|선인장"),
    KIND("leaf", "leaf|leaves|나뭇잎|잎"),
    KIND("pumpkin", "pumpkin|jack-o'-lantern|호박"),
    KIND("house", "house|home|cottage|hut|cabin|집|오두막"),
    KIND("castle", "castle|palace|fortress|성|궁전"),
    KIND("tower", "tower|skyscraper|building|탑|빌딩|건물"),
    KIND("lighthouse", "lighthouse|등대"),
    KIND("church", "church|chapel|cathedral|교회|성당"),
    KIND("bridge", "bridge|다리"),
    KIND("windmill", "windmill|mill|풍차"),
    KIND("tent", "tent|campsite|텐트"),
    KIND("barn", "barn|stable|헛간"),
    KIND("fence", "fence|울타리"),
    KIND("temple", "temple|pagoda|shrine|절|사찰"),
    KIND("pyramid", "pyramid|피라미드"),
    KIND("fountain", "fountain|분수"),
    KIND("igloo", "igloo|이글루"),
    KIND("street lamp", "street lamp|streetlight|street light|lamppost|lantern|가로등"),
    KIND("city", "city|skyline|town|village|cityscape|metropolis|도시|마을"),
    KIND("sign", "sign|signpost|billboard|banner|poster|표지판|간판"),
    KIND("car", "car|automobile|taxi|sedan|자동차|차|택시"),
    KIND("bus", "bus|버스"),
    KIND("truck", "truck|lorry|van|트럭"),
    KIND("tractor", "tractor|트랙터"),
    KIND("train", "train|locomotive|steam train|railway|기차|열차"),
    KIND("bicycle", "bicycle|bike|cycle|자전거"),
    KIND("motorcycle", "motorcycle|motorbike|scooter|오토바이"),
    KIND("boat", "boat|sailboat|sailing boat|sail boat|yacht|sailing ship|배|돛단배|보트|요트"),
    KIND("ship", "ship|cruise ship|steamer|ferry|cargo ship|유람선|여객선"),
    KIND("submarine", "submarine|잠수함"),
    KIND("plane", "plane|airplane|aeroplane|jet|aircraft|비행기"),
    KIND("helicopter", "helicopter|chopper|헬리콥터|헬기"),
    KIND("rocket", "rocket|spaceship|space ship|spacecraft|space shuttle|로켓|우주선"),
    KIND("ufo", "ufo|flying saucer|유에프오"),
    KIND("hot air balloon", "hot air balloon|hot-air balloon|열기구"),
    KIND("balloon", "balloon|풍선"),
    KIND("kite", "kite|연"),
    KIND(
        "man",
        "man|men|person|people|human|father|dad|farmer|guy|sailor|fisherman|사람|남자|아저씨|아빠"),
    KIND("woman", "woman|women|lady|mother|mom|여자|아줌마|엄마"),
    KIND("boy", "boy|child|children|kid|son|소년|아이|남자아이|아이들|어린이"),
    KIND("girl", "girl|daughter|소녀|여자아이"),
    KIND("king", "king|왕|임금"),
    KIND("queen", "queen|princess|여왕|공주"),
    KIND("astronaut", "astronaut|cosmonaut|spaceman|우주인|우주비행사"),
    KIND("robot", "robot|android|로봇"),
    KIND("alien", "alien|monster|외계인|괴물"),
    KIND("ghost", "ghost|spirit|유령|귀신"),
    KIND("face", "face|smiley|smile|smiley face|emoticon|얼굴|스마일"),
    KIND("snowman", "snowman|snowmen|눈사람"),
    KIND("wizard", "wizard|witch|magician|마법사"),
    KIND("crab", "crab|crabs|chela|게|꽃게"),
    KIND("fish", "fish|fishes|goldfish|clownfish|물고기|금붕어|생선"),
    KIND("whale", "whale|고래"),
    KIND("dolphin", "dolphin|돌고래"),
    KIND("octopus", "octopus|octopuses|squid|문어"),
    KIND("jellyfish", "jellyfish|해파리"),
    KIND("turtle", "turtle|tortoise|거북이|거북"),
    KIND("duck", "duck|duckling|swan|goose|geese|오리|백조"),
    KIND("penguin", "penguin|펭귄"),
    KIND("shark", "shark|상어"),
    KIND("starfish", "starfish|불가사리"),
    KIND("shell", "shell|seashell|clam|조개"),
    KIND("seaweed", "seaweed|kelp|해초|미역"),
    KIND("coral", "coral|산호"),
    KIND("cat", "cat|kitten|kitty|고양이|냥이"),
    KIND("dog", "dog|puppy|puppies|hound|개|강아지|멍멍이"),
    KIND("rabbit", "rabbit|bunny|bunnies|hare|토끼"),
    KIND("mouse", "mouse|mice|rat|hamster|쥐|생쥐|햄스터"),
    KIND("bird", "bird|sparrow|robin|parrot|pigeon|새|참새|앵무새"),
    KIND("flying bird", "flying bird|seagull|gull|eagle|hawk|crow|갈매기|독수리"),
    KIND("owl", "owl|부엉이|올빼미"),
    KIND("butterfly", "butterfly|butterflies|moth|나비"),
    KIND("bee", "bee|bumblebee|wasp|벌|꿀벌"),
    KIND("ladybug", "ladybug|ladybird|beetle|무당벌레"),
    KIND("snail", "snail|달팽이"),
    KIND("chicken", "chicken|hen|rooster|cock|닭|병아리"),
    KIND("bat", "bat|박쥐"),
    KIND("frog", "frog|toad|개구리"),
    KIND("cow", "cow|bull|calf|ox|cattle|소|젖소"),
    KIND("horse", "horse|pony|foal|donkey|말|조랑말"),
    KIND("unicorn", "unicorn|유니콘"),
    KIND("sheep", "sheep|lamb|goat|양|염소"),
    KIND("pig", "pig|piglet|돼지"),
    KIND("fox", "fox|foxes|wolf|wolves|여우|늑대"),
    KIND("bear", "bear|곰"),
    KIND("panda", "panda|판다"),
    KIND("lion", "lion|tiger|사자|호랑이"),
    KIND("elephant", "elephant|코끼리"),
    KIND("giraffe", "giraffe|기린"),
    KIND("monkey", "monkey|ape|gorilla|원숭이"),
    KIND("deer", "deer|reindeer|stag|elk|moose|사슴"),
    KIND("snake", "snake|serpent|뱀"),
    KIND("dragon", "dragon|용"),
    KIND("dinosaur", "dinosaur|t-rex|trex|공룡"),
    KIND("apple", "apple|사과"),
    KIND("banana", "banana|바나나"),
    KIND("orange", "orange|tangerine|peach|오렌지|귤"),
    KIND("strawberry", "strawberry|strawberries|딸기"),
    KIND("cherry", "cherry|cherries|체리"),
    KIND("cup",
         "cup|mug|coffee|tea|coffee cup|teacup|cup of coffee|cup of tea|컵|커피|찻잔|차 한잔"),
    KIND("cake", "cake|birthday cake|birthday|케이크|생일"),
    KIND("pizza", "pizza|피자"),
    KIND("bread", "bread|loaf|toast|빵"),
    KIND("ice cream", "ice cream|icecream|아이스크림"),
    KIND("bottle", "bottle|wine|병"),
    KIND("hamburger", "hamburger|burger|cheeseburger|sandwich|햄버거"),
    KIND("book", "book|notebook|novel|책"),
    KIND("lamp", "lamp|desk lamp|램프|전등|스탠드"),
    KIND("computer", "computer|laptop|pc|screen|monitor|terminal|컴퓨터|노트북"),
    KIND("phone", "phone|smartphone|mobile|cellphone|telephone|전화|전화기|휴대폰|핸드폰|스마트폰"),
    KIND("clock", "clock|alarm clock|watch|시계"),
    KIND("key", "key|열쇠"),
    KIND("heart", "heart|love|하트|사랑"),
    KIND("ball", "ball|beach ball|공"),
    KIND("soccer ball", "soccer ball|football|soccer|축구공|축구"),
    KIND("umbrella", "umbrella|parasol|우산|파라솔"),
    KIND("hat", "hat|cap|모자"),
    KIND("crown", "crown|tiara|왕관"),
    KIND("glasses", "glasses|sunglasses|spectacles|안경|선글라스"),
    KIND("guitar", "guitar|violin|기타|바이올린"),
    KIND("piano", "piano|keyboard|피아노"),
    KIND("drum", "drum|북|드럼"),
    KIND("chess piece", "chess|chess piece|chessboard|체스"),
    KIND("chair", "chair|seat|armchair|의자"),
    KIND("table", "table|식탁|탁자|테이블"),
    KIND("bed", "bed|침대"),
    KIND("candle", "candle|양초|촛불"),
    KIND("gift", "gift|present|gift box|선물"),
    KIND("camera", "camera|카메라"),
    KIND("pencil", "pencil|pen|crayon|연필|펜"),
    KIND("flag", "flag|깃발|국기"),
    KIND("diamond", "diamond|gem|jewel|crystal|다이아몬드|보석"),
    KIND("trophy", "trophy|award|트로피"),
    KIND("bell", "bell|종"),
    KIND("anchor", "anchor|닻"),
    KIND("bag", "bag|backpack|handbag|suitcase|가방"),
    KIND("shoe", "shoe|sneaker|boot|신발|운동화"),
    KIND("television", "television|tv|텔레비전|티비"),
    KIND("light bulb", "light bulb|lightbulb|bulb|idea|전구"),
    KIND("globe", "globe|earth|world|지구|지구본"),
    KIND("envelope", "envelope|letter|mail|email|편지|봉투"),
    KIND("door", "door|gate|문"),
    KIND("sandcastle", "sandcastle|sand castle|모래성"),
    KIND("teddy bear", "teddy bear|teddy|stuffed bear|곰인형|인형"),
};
enum { ROWS = sizeof rows / sizeof rows[0] };

/* ---- one word ---- */

size_t word_length(str text) {
    size_t n = 0;
    while (n < text.n && text.p[n] != ' ') n++;
    return n;
}

/* What may follow a Korean noun without changing it. */
static bool is_particle(str s) {
    static const char list[] = "|은|는|이|가|을|를|과|와|의|에|에서|도|이랑|랑|하고|로|으로|들|"
                               "들이|들은|들을|들과|만|처럼|이다|이에요|예요|인|한테|에게|"
                               "속|속에|속의|안|안에|위|위에|위의|아래|옆|옆에|까지|부터|";
    char padded[40];
    if (!s.n) return true;
    if (s.n > sizeof padded - 3) return false;
    padded[0] = '|';
    memcpy(padded + 1, s.p, s.n);
    padded[s.n + 1] = '|';
    return str_has(str_c(list), (str){ padded, s.n + 2 });
}

/* The rest of the last word, behind a known beginning: a plural, a possessive. */
static bool is_ending(str rest, bool *plural) {
    static const char *const plurals[] = { "s", "es", "'s" };
    if (!rest.n) return true;
    for (size_t i = 0; i < 3; i++)
        if (str_eq(rest, str_c(plurals[i]))) {
            *plural = i < 2;
            return true;
        }
    return false;
}

/* How much of text a phrase of the table takes; 0: it does not fit. Only nouns have plurals: "i" is
 * not the singular of "is". */
static size_t fits(str text, str phrase, bool noun, bool *plural) {
    bool korean = (unsigned char)phrase.p[0] >= 0x80;
    *plural = false;
    if (!str_starts(text, phrase)) {
        /* "butterflies", "cherries": y becomes ies */
        if (!noun || phrase.n < 3 || phrase.p[phrase.n - 1] != 'y') return 0;
        str stem = str_head(phrase, phrase.n - 1);
        if (!str_starts(text, stem) || !str_starts(str_skip(text, stem.n), S("ies"))) return 0;
        size_t used = stem.n + 3;
        if (used < text.n && text.p[used] != ' ') return 0;
        *plural = true;
        return used;
    }
    str rest = str_skip(text, phrase.n);
    size_t tail = word_length(rest);
    if (korean) return is_particle(str_head(rest, tail)) ? phrase.n : 0;
    if (!noun && tail) return 0;
    return is_ending(str_head(rest, tail), plural) ? phrase.n + tail : 0;
}

bool word_find(str text, struct word *out, size_t *used, bool *plural) {
    size_t best = 0;
    *plural = false;
    for (size_t i = 0; i < ROWS; i++)
        for (str phrase, rest = str_c(rows[i].words); rest.n;) {
            bool many;
            str_cut(rest, '|', &phrase, &rest);
            size_t n = fits(text, phrase, rows[i].means == MEANS_KIND, &many);
            if (n <= best) continue;
            best = n;
            *plural = many;
            *out = (struct word){ rows[i].means, rows[i].value, rows[i].name };
        }
    *used = best;
    return best > 0;
}
