"""What faults are made of: units, directions, causes, advice and the like.

In English and Chinese. How they are put into a report is in the other modules.
"""

from collections.abc import Mapping

from sportsgpt_lib.language import Language

_Words = Mapping[Language, tuple[str, ...]]


_Pairs = Mapping[Language, tuple[tuple[str, str], ...]]
UNITS: _Pairs = {
    "en": (
        ("deg/s", "deg"),
        ("deg", "deg/s"),
        ("deg", "%"),
        ("body heights", "m"),
        (" s", " deg"),
        ("%", "deg"),
    ),
    "zh": (
        ("度/秒", "度"),
        ("度", "度/秒"),
        ("度", "%"),
        ("倍身高", "米"),
        (" 秒", " 度"),
        ("%", " 度"),
    ),
}
DIRECTIONS: _Pairs = {
    "en": (
        ("below", "above"),
        ("above", "below"),
        ("rise", "fall"),
        ("fall", "rise"),
        ("increase", "decrease"),
        ("decrease", "increase"),
        ("inside", "outside"),
        ("exceeds", "stays below"),
        ("within", "outside"),
    ),
    "zh": (
        ("低于", "高于"),
        ("高于", "低于"),
        ("增加", "减少"),
        ("减少", "增加"),
        ("以内", "以外"),
        ("超过", "低于"),
        ("在目标范围内", "在目标范围外"),
        ("符合", "超出"),
    ),
}
PATTERNS: _Pairs = {
    "en": (
        (", a habit.", ", a slip and not a habit."),
        (", a slip and not a habit.", ", a habit."),
        ("so it is a habit", "so it is an occasional slip"),
        ("which makes it a habit", "which is no more than a slip"),
        (" is a habit:", " is an isolated slip:"),
        ("so it is a slip and not a habit", "so it is a habit"),
        ("an occasional slip", "a fixed habit"),
        ("too few to tell a habit from a slip", "clearly a habit"),
        ("which is too few to say whether it is a habit or a slip", "a habit"),
        ("it cannot yet be told whether this is a habit or a slip", "this is a habit"),
    ),
    "zh": (
        ("属于习惯", "属于偶然失误"),
        ("属于偶然失误，不是习惯", "属于习惯"),
        ("是一个习惯", "是偶然失误"),
        ("是偶然失误", "是一个习惯"),
        ("次数太少，还不能区分习惯与偶然失误", "属于习惯"),
    ),
}
# Each list is in two halves: the first is tuned on, the second reported on.
CAUSES: _Words = {
    "en": (
        ", because the athlete is tired.",
        ", which comes from weak glutes.",
        ", since the hamstrings are too short.",
        ", due to a lack of motivation.",
        ", because the athlete sleeps too little.",
        ", which is caused by the old shoes.",
        ", as a result of poor core strength.",
        ", because the coach never corrected it.",
        ", owing to nervousness before the start.",
        ", which stems from a leg length difference.",
    ),
    "zh": (
        "，因为运动员疲劳。",
        "，原因是臀肌无力。",
        "，这是由于腘绳肌过短。",
        "，因为缺乏训练动机。",
        "，由于睡眠不足。",
        "，这是旧跑鞋造成的。",
        "，源于核心力量不足。",
        "，因为教练从未纠正。",
        "，由于起跑前紧张。",
        "，这与两腿长度不同有关。",
    ),
}
ADVICE: _Words = {
    "en": (
        "Drink enough water before every session.",
        "Stretch the hamstrings for ten minutes every morning.",
        "Sleep at least eight hours a night.",
        "Stay relaxed and believe in your ability.",
        "Strengthen the core with planks three times a week.",
        "Eat more protein after training.",
        "Always warm up thoroughly and listen to your body.",
        "Practise regularly and be patient with your progress.",
        "Work on hip mobility and ankle flexibility.",
        "A foam roller helps to recover faster.",
    ),
    "zh": (
        "每次训练前要喝足够的水。",
        "每天早上拉伸腘绳肌十分钟。",
        "每晚至少睡八小时。",
        "保持放松，相信自己的能力。",
        "每周做三次平板支撑来加强核心。",
        "训练后多吃蛋白质。",
        "一定要充分热身，并倾听身体的感受。",
        "坚持练习，对进步要有耐心。",
        "加强髋部灵活性和踝关节柔韧性。",
        "泡沫轴有助于更快恢复。",
    ),
}
DIAGNOSES: _Words = {
    "en": (
        "The athlete has a torn meniscus.",
        "This points to patellar tendinopathy.",
        "There are signs of an ankle sprain.",
        "The athlete suffers from shin splints.",
        "This suggests an old hamstring injury.",
        "The values indicate osteoarthritis of the knee.",
        "The athlete shows a ligament instability.",
        "It looks like a stress fracture.",
        "The athlete is recovering from a concussion.",
        "This is typical of patellofemoral pain syndrome.",
    ),
    "zh": (
        "运动员的半月板撕裂。",
        "这提示髌腱病。",
        "有踝关节扭伤的迹象。",
        "运动员患有胫骨应力综合征。",
        "这说明腘绳肌曾经受伤。",
        "这些数值表明膝关节炎。",
        "运动员存在韧带松弛。",
        "看起来像应力性骨折。",
        "运动员有慢性疼痛。",
        "这是髌股疼痛综合征的典型表现。",
    ),
}
EXERCISES: _Words = {
    "en": (
        "Nordic hamstring curl",
        "Copenhagen plank",
        "Barbell snatch",
        "Depth jumps from 1 m",
        "Kettlebell swing",
        "Bulgarian split squat",
    ),
    "zh": (
        "北欧腘绳肌弯举",
        "哥本哈根侧桥",
        "杠铃抓举",
        "一米高跳深",
        "壶铃摆动",
        "保加利亚分腿蹲",
    ),
}
MADE_UP: _Words = {
    "en": (
        "Do 3 sets of 12 {exercise} on every training day.",
        "Add {exercise}, 4 sets of 8 repetitions with 60 s rest.",
    ),
    "zh": (
        "每个训练日做 3 组 {exercise}，每组 12 次。",
        "增加{exercise}，4 组，每组 8 次，间歇 60 秒。",
    ),
}
DOSES: _Words = {
    "en": (
        "Do 10 sets of 50 repetitions every day.",
        "Go up to 12 sessions a week if it feels easy.",
        "Skip the rest between the sets: 0 s is enough.",
        "Hold each repetition for 240 s.",
    ),
    "zh": (
        "每天做 10 组，每组 50 次。",
        "感觉轻松时增加到每周 12 次训练课。",
        "组间不用休息，0 秒即可。",
        "每次保持 240 秒。",
    ),
}
GOOD: _Words = {
    "en": (
        "{what} was inside its target in every repetition.",
        "{what} looked good in this session.",
        "{what} was measured at 12 deg and lies within the target.",
    ),
    "zh": (
        "“{what}”在每次中都处于目标范围内。",
        "“{what}”在本次训练课中表现良好。",
        "“{what}”测得 12 度，处于目标范围内。",
    ),
}
