"""The rules by which instructions to a model are known in Chinese.

They read the plain form, in simplified characters and lower case.
"""

from kb_ingest.chunking.instruction_rules import Rule, build_rule

SIMPLIFIED = str.maketrans(
    "無視規則從現開輸詞為稱讚說詢問請這給應當遵總須條對話統復讓",
    "无视规则从现开输词为称赞说询问请这给应当遵总须条对话统复让",
)
"""Traditional characters of the words in the rules, as simplified ones."""

_MODEL_ZH = r"(?:ai|人工智能|语言模型|大模型|聊天机器人|机器人|助手|助理|智能体)"
_ORDERS_ZH = r"(?:指令|指示|提示词?|规则|要求|命令|说明|设定|限制|约束|告知的)"
_EARLIER_ZH = (
    r"(?:之前|以上|上述|上面|前面|先前|此前|原有|原来|上文|所有|全部|一切|你的)"
)

CHINESE_RULES: tuple[Rule, ...] = (
    build_rule(
        "sets earlier instructions aside",
        rf"(?:忽略|无视|忘记|忘掉|忽视|不理会|不要理会|别管|跳过|覆盖|抛开|绕过|不要遵守|不遵守|解除)"
        rf"[^。！？]{{0,6}}{_EARLIER_ZH}[^。！？]{{0,8}}(?:{_ORDERS_ZH}|一切)",
    ),
    build_rule(
        "sets earlier instructions aside",
        rf"{_EARLIER_ZH}[^。！？]{{0,6}}{_ORDERS_ZH}[^。！？]{{0,6}}(?:作废|无效|失效|取消)",
    ),
    build_rule(
        "assigns a role to a model",
        rf"(?:你(?:现在)?(?:是|扮演|充当)|假装你是|从现在(?:开始|起)[，,]?你)[^。！？]{{0,12}}"
        rf"(?:{_MODEL_ZH}|不受(?:约束|限制)|没有(?:限制|约束)|无限制)",
    ),
    build_rule(
        "gives new instructions",
        r"你的(?:新|真正的?|唯一的?)(?:任务|角色|身份|目标|指令)",
    ),
    build_rule(
        "speaks to a model",
        rf"作为(?:一个|一名)?(?:ai|人工智能|语言模型|大模型)[^。！？]{{0,12}}你"
        rf"|(?:致|告|给)[^。！？]{{0,8}}{_MODEL_ZH}[:：]",
    ),
    build_rule(
        "asks for hidden instructions or secrets",
        r"(?:输出|显示|泄露|告诉我|透露|打印|重复|说出)[^。！？]{0,10}(?:系统提示|提示词|密码|密钥"
        r"|系统指令|你的指令)",
    ),
    build_rule(
        "names the prompt of a model",
        r"系统(?:提示词?|消息|指令)\s*[:：]|越狱|提示词注入",
    ),
    build_rule(
        "lifts the limits of a model", r"(?:开发者|上帝|调试|无限制)模式|安全限制"
    ),
    build_rule(
        "says what a model should answer",
        r"(?:不要|别|不得|禁止|切勿)(?:告诉|告知|通知|提醒)(?:用户|读者)|在你的(?:回答|回复|答案|报告)中"
        r"|只(?:能)?(?:回复|回答|输出)|(?:每个|所有)(?:回答|答案|回复)[^。！？]{0,6}(?:加上|写上|附上)",
    ),
)
