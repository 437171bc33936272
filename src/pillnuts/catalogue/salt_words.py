"""The words of salts, esters, water and grades in the ministry's names: tables for `salts`. No rules here."""

# Acids whose salt with an organic base is the same medicine. Not here, because the acid is a medicine itself:
# 살리실산, 니코틴산, 테오클산, 아세필린, 오로트산, 아미노살리실산, 글루탐산 and 아스파르트산. They follow the
# ministry's groups only.
ACIDS = tuple(
    (
        "브롬화수소산 요오드화수소산 에탄설폰산 메탄설폰산 톨루엔설폰산 메틸황산 시트르산 타르타르산 "
        "아세트산 말레산 푸마르산 숙신산 메실산 베실산 토실산 에실산 에디실산 캄실산 납실산 파모산 락트산 "
        "글루콘산 락토비온산 옥살산 말산 만델산 지나포산 크시나포산 아디프산 아디핀산 겐티스산 탄닌산 "
        "탄느산 히벤즈산 에스톨산 황산 인산 질산 염산 헤미푸마르산 헤미숙신산 트리플루오로아세트산 "
        "프마르산 피루브산 탄산 포름산 나파디실산 펜디조산"
    ).split()
)
# Acids that are a medicine or make esters too, and the bases with which they are known to be a plain salt.
RARE_SALTS = {
    "벤조산": frozenset(("알로글립틴 데스벤라팍신 리자트립탄").split()),
    "아스파르트산": frozenset(("토파시티닙").split()),
    "니코틴산": frozenset(("암로디핀 에스암로디핀 베포타스틴").split()),
    "오로트산": frozenset(("암로디핀").split()),
    "살리실산": frozenset(("베포타스틴 바레니클린").split()),
}
# What gliflozins are crystallised with. It is washed off in the stomach, hence a grade and no salt.
COCRYSTALS = {
    "비스엘프롤린": "L-프롤린",
    "엘프롤린": "L-프롤린",
    "프롤린": "프롤린",
    "프로판디올": "프로판디올",
    "프로필렌글리콜": "프로필렌글리콜",
    "시트르산": "시트르산",
}
# The same acids in the -ate spelling (transliterated English). Left out: acetate, phosphate, succinate,
# palmitate, propionate, furoate, valerate …: there they are mostly esters, see `ESTERS`.
ATES = {
    "하이드로클로라이드": "염산",
    "히드로클로라이드": "염산",
    "염산염산": "염산",
    "말레이트": "말레산",
    "시트레이트": "시트르산",
    "베실레이트": "베실산",
    "메실레이트": "메실산",
    "토실레이트": "토실산",
    "푸마레이트": "푸마르산",
    "타르트레이트": "타르타르산",
    "락테이트": "락트산",
    "글루코네이트": "글루콘산",
    "락토비오네이트": "락토비온산",
    "옥살레이트": "옥살산",
    "파모에이트": "파모산",
    "에디실레이트": "에디실산",
    "캄실레이트": "캄실산",
    "나프실레이트": "납실산",
    "하이클레이트": "하이클레이트",
    "브로마이드": "브롬화물",
    "클로라이드": "염화물",
    "디푸마레이트": "푸마르산",
    "디메실레이트": "메실산",
}
# Esters: another molecule that the body turns into the base. They are written in one way here, so that
# 초산토코페롤 and 토코페롤아세테이트 meet, but only the ministry's groups make them one with the base.
ESTERS = {
    "아세테이트": "아세트산",
    "포스페이트": "인산",
    "숙시네이트": "숙신산",
    "팔미테이트": "팔미트산",
    "프로피오네이트": "프로피온산",
    "디프로피오네이트": "디프로피온산",
    "발레레이트": "발레르산",
    "부티레이트": "부티르산",
    "푸로에이트": "푸로산",
    "아세포네이트": "아세폰산",
    "에난테이트": "에난트산",
    "데카노에이트": "데칸산",
    "운데카노에이트": "운데칸산",
    "스테아레이트": "스테아르산",
    "벤조에이트": "벤조산",
    "시피오네이트": "시피온산",
    "니트레이트": "질산",
}
HALIDES = {"염화": "염화물", "브롬화": "브롬화물", "요오드화": "요오드화물", "취화": "브롬화물"}
CATIONS = {
    "나트륨": "나트륨",
    "소듐": "나트륨",
    "칼륨": "칼륨",
    "포타슘": "칼륨",
    "칼슘": "칼슘",
    "마그네슘": "마그네슘",
    "스트론튬": "스트론튬",
    "아연": "아연",
    "메글루민": "메글루민",
    "트로메타민": "트로메타민",
    "트로메타몰": "트로메타민",
    "콜린": "콜린",
    "리신": "리신",
    "리시네이트": "리신",
    "리지네이트": "리신",
    "아르기닌": "아르기닌",
    "엘아르기닌": "아르기닌",
    "올라민": "올라민",
    "올아민": "올라민",
    "암모늄": "암모늄",
    "디에틸아민": "디에틸아민",
    "디에틸암모늄": "디에틸아민",
    "에폴아민": "에폴아민",
    "제3부틸아민": "에르부민",
    "t부틸아민": "에르부민",
    "에르부민": "에르부민",
    "베타디메틸아미노에탄올": "디메틸아미노에탄올",
}
COUNTS = ("디", "이", "모노", "일", "트리", "삼", "헤미", "세스퀴", "중")
# Acids that are medicines, so that their metal salts are the same medicine. Every other name that ends in
# -산 (시트르산, 스테아르산, 글루콘산, 탄산, 에데트산 …) stays apart from its salts.
MEDICINE_ACIDS = frozenset(
    (
        "발프로산 아스코르브산 판토텐산 알렌드론산 리세드론산 이반드론산 졸레드론산 파미드론산 에티드론산 "
        "클로드론산 미코페놀산 클라불란산 푸시딘산 히알루론산 메페남산 플루페남산 톨페남산 티아프로펜산 "
        "우르소데옥시콜산 케노데옥시콜산 데옥시콜산 크로모글리크산 폴산 레보폴린산 폴린산 트라넥삼산 "
        "에타크린산 티옥트산 알파리포산 날리딕스산 피페미드산 가도테르산 가독세트산 가도펜테트산 가도벤산 "
        "이옥시탈람산 아미도트리조산 글리시리진산 벤조산 클로라제프산 "
        "알티옥트산 클로라제핀산 페노피브르산 페노피브릭산 "
        "콘드로이틴황산 타우로우르소데옥시콜산 "
    ).split()
)
# Elements, ions and radicals: never the base of a salt (황산아연 is no form of 아연).
ELEMENTS = tuple(
    (
        "알루미늄 마그네슘 스트론튬 제이수은 제이구리 제일구리 코발트 몰리브덴 비스무트 암모늄 암모니아 "
        "셀레늄 칼슘 칼륨 나트륨 아연 리튬 망간 구리 바륨 크롬 수은 제일철 제이철 제이주석 제일주석 주석 "
        "요오드 수소 이수소 일수소 란탄 탈륨 갈륨 인듐 루비듐 테크네튬 니켈 철 은 금 납 인 황 염 수 에틸 "
        "메틸 부틸 프로필 비닐 세틸 벤질 페닐 라듐 스트론티움 물 이 삼 일"
    ).split()
)
# Salt and base that make another substance together: nitrates and phosphates that are esters, dextran
# sulfate, cellulose acetate, lysine and arginine salts of amino acids.
NOT_A_SALT = {
    "리신": frozenset(("인슐린글루").split()),
    "아세트산": frozenset(("글리세린 디엘카르니틴 셀룰로오스 수크로오스").split()),
    "아연": frozenset(("글리신 리신 메티오닌 엘메티오닌 엘히스티딘 인슐린 히스티딘").split()),
    "인산": frozenset(
        (
            "글루코오스 글리세롤 글리세린 셀룰로오스 시티딘 아데노신 우리딘 전분 코카르복실라제 크레아틴 "
            "티아민 피리독살"
        ).split()
    ),
    "질산": frozenset(("글리세린 니트로글리세린 만니톨 셀룰로오스 이소소르비드 펜타에리트리톨").split()),
    "황산": frozenset(("덱스트란 자당 폴리에틸렌글리콜").split()),
}
GRADE_WORDS = (
    "장용성제피과립 서방성제피과립 지속성제피과립 지속성제피펠렛 서방성펠렛혼합물 서방성필름코팅 "
    "서방성과립 서방성펠렛 서방형과립 서방형입자 서방소립구 서방과립 서방펠렛 서방립 장용성과립 "
    "장용과립 장용펠렛 장용피입자 장용피과립 장용성펠렛 지속성과립 지속성펠렛 지속과립 제피과립 "
    "제피세립 제피펠렛 코팅입자 코팅과립 제피립 구형과립 고체분산체 고체분산 혼합분말 농축분말 "
    "농축과립 농축물 농축액 분무건조품 분무건조 분사건조품 스프레이건조 동결건조품 건조품 과립 세립 "
    "펠렛 미분화 미세화 분말 파우더 가루 입자 현탁액 에멀젼 주사액 점비액 건조분말 유상형 분말형 "
    "분산용액 디씨 펠렛타입 분무건조분산체 분산체 공결정 무정형 유제 "
    "장용코팅펠렛 장용코팅과립 코팅펠렛 서방성과립제 장용성제피펠렛 장용성제피미세정 장용성제피정 "
    # carriers written in one word with the medicine
    "베타시클로덱스트린 알파시클로덱스트린포접화합물 알파시클로덱스트린 알파덱스 베타덱스 폴라크리렉스 "
    "폴라크릴렉스 레지네이트 건조탄산나트륨 콜로이드성이산화규소 에취피엠씨배산"
).split()
