#include "common/plan/texts.h"

namespace redress::plan {
namespace {

constexpr status::Description kTexts[] = {
    // the file
    {"the file is empty", "文件为空"},
    {"the file begins with a byte order mark; save it as UTF-8 without one",
     "文件开头有字节顺序标记（BOM），请另存为不带 BOM 的 UTF-8"},
    {"the file is UTF-16; save it as UTF-8", "文件是 UTF-16 编码，请另存为 UTF-8"},
    {"the text is not UTF-8 from here on; save the file as UTF-8 (it may be GB18030)",
     "从此处起不是 UTF-8 文本，请将文件另存为 UTF-8（可能是 GB18030 编码）"},
    {"the file is binary; a plan is a text file", "文件是二进制文件，方案须为文本文件"},
    {"the file is JSON; a plan is written in protobuf text format",
     "文件是 JSON，方案须用 protobuf 文本格式书写"},
    {"the file is YAML; a plan is written in protobuf text format",
     "文件是 YAML，方案须用 protobuf 文本格式书写"},
    {"the file is XML or HTML; a plan is written in protobuf text format",
     "文件是 XML 或 HTML，方案须用 protobuf 文本格式书写"},
    {"an invisible character ({0}) stands here; take it out", "此处有不可见字符（{0}），请删除"},
    {"the text holds an invisible character ({0})", "文字中含有不可见字符（{0}）"},
    {"there is no field `{0}` here", "此处没有字段“{0}”"},
    {"`{0}` is given more than once", "“{0}”重复填写"},
    {"`{0}` and `{1}` exclude each other", "“{0}”与“{1}”只能填写一项"},
    {"`{0}` is no value of the field `{1}`", "“{0}”不是字段“{1}”的有效取值"},
    {"`{0}` is true or false, not `{1}`", "“{0}”须为 true 或 false，不能是“{1}”"},
    {"the number is out of range", "数值超出范围"},
    {"a text in quotes is expected here, not {0}", "此处须为带引号的文字，不能是 {0}"},
    {"a number is expected here, not {0}", "此处须为数字，不能是 {0}"},
    {"the name of a field is expected here, not {0}", "此处须为字段名称，不能是 {0}"},
    {"`{0}` is expected here, not `{1}`", "此处须为“{0}”，不能是“{1}”"},
    {"the quotes are not closed on this line", "引号未在本行内结束"},
    {"outside quotes a plan has half-width letters and signs only", "引号之外只能用半角字母和符号"},
    {"messages are nested too deep", "嵌套层数过多"},
    {"this cannot be read as protobuf text format", "此处无法按 protobuf 文本格式读取"},
    // what every message has
    {"`{0}` is missing", "缺少“{0}”"},
    {"`{0}` needs a Chinese text (`zh`)", "“{0}”须有中文（zh）"},
    {"the clause that it comes from is missing (`clause`)", "缺少所依据的条款（clause）"},
    {"an id has at most 64 letters, digits, dots, hyphens and underscores",
     "编号最多 64 个字符，只能用字母、数字、点、连字符和下划线"},
    {"the id `{0}` is used twice", "编号“{0}”重复使用"},
    {"{0} is not a whole, real date", "{0} 不是真实存在的完整日期"},
    {"it ends before it starts", "结束日期早于开始日期"},
    {"`{0}` stands twice in the list", "“{0}”在列表中重复"},
    // the plan's frame
    {"`revision` counts from 1", "版本号（revision）从 1 起"},
    {"`recorded_late_after_working_days` is at least 1",
     "“recorded_late_after_working_days”至少为 1"},
    {"`recorded_late_after_working_days` is at most {0}: a record made later is confirmed by "
     "somebody "
     "else, whatever a plan says",
     "“recorded_late_after_working_days”至多为 {0}：更晚的补录须由另一人核对，方案不得放宽"},
    {"the rule set `{0}` is named twice", "规则集“{0}”重复列出"},
    {"there is no rule set `{0}`", "没有规则集“{0}”"},
    {"the rule sets `{0}` and `{1}` are in force on the same days",
     "规则集“{0}”与“{1}”的施行日期重叠"},
    {"no rule set is in force on {0}", "{0} 没有施行中的规则集"},
    {"the criterion is given twice", "纳入情形重复列出"},
    {"it starts before the plan does", "早于方案的开始日期"},
    {"it ends after the plan does", "晚于方案的结束日期"},
    {"the class of records is given twice", "档案类别重复列出"},
    {"`years` is from 1 to 100", "年限（years）须为 1 至 100"},
    {"duties end with the merging of a case and with nothing else; take out {0}",
     "只有并案才终止职责，请删除 {0}"},
    {"there are two rule sets `{0}`", "规则集“{0}”有两个"},
    {"the clock `{0}` is given twice", "时限“{0}”重复列出"},
    {"`days` is from 1 to 3660", "天数（days）须为 1 至 3660"},
    {"`max_extension_days` is from 0 to 3660", "“max_extension_days”须为 0 至 3660"},
    {"a clock in working days cannot be extended; extensions are in calendar days",
     "按工作日计算的时限不能延长，延长以自然日计"},
    {"the campaign's plan is `{0}`; a revision keeps its id",
     "集中行动的方案编号为“{0}”，新版本须沿用该编号"},
    {"the next revision of this campaign's plan is {0}", "本集中行动方案的下一版本号为 {0}"},
    // acts of two persons
    {"an act and itself take no two persons", "两项行为相同，无须由两人分别承担"},
    {"{0} is no act on a case", "{0} 不是对信访事项的行为"},
    {"{0} cannot be recorded yet", "{0} 目前尚无法登记"},
    {"the pair of acts is given twice", "两项行为的组合重复列出"},
    // tests
    {"the kind of fact is missing", "缺少记录类别"},
    {"there is no such kind of fact", "没有这种记录类别"},
    {"`{0}` names no kind of fact", "“{0}”没有写明记录类别"},
    {"{0}: assistance never decides whether a case may be closed",
     "{0}：困难帮扶不得作为结案的条件"},
    {"facts of kind {0} are not about such a subject", "{0} 类记录与此对象无关"},
    {"facts of kind {0} have no field `{1}`; they have {2}", "{0} 类记录没有字段“{1}”，只有 {2}"},
    {"facts of kind {0} have no field `{1}`, nor any other",
     "{0} 类记录没有字段“{1}”，也没有其他字段"},
    {"what is asked of the field is missing (`equals`, `differs`, `at_least`, `at_most`, `one_of` "
     "or "
     "`contains`)",
     "缺少对字段的要求（equals、differs、at_least、at_most、one_of 或 contains）"},
    {"`{0}` cannot be compared", "“{0}”不能比较"},
    {"`{0}` is a list: ask for `contains`", "“{0}”是列表，须用 contains"},
    {"`{0}` is no list: `contains` cannot be asked of it", "“{0}”不是列表，不能用 contains"},
    {"`{0}` is no number", "“{0}”不是数字"},
    {"`{0}` is no date", "“{0}”不是日期"},
    {"`one_of` has no values", "one_of 没有取值"},
    {"`{0}` holds an id: a plan is about no single person or record",
     "“{0}”是编号，方案不得针对某一个人或某一份记录"},
    {"there is no screening round `{0}`", "没有排查轮次“{0}”"},
    {"`{0}` is no value of `{1}`: expected `true` or `false`",
     "“{0}”不是“{1}”的有效取值，须为 true 或 false"},
    {"`{0}` is no value of `{1}`: expected one of {2}",
     "“{0}”不是“{1}”的有效取值，须为以下之一：{2}"},
    {"`{0}` is no value of `{1}`: expected a number", "“{0}”不是“{1}”的有效取值，须为数字"},
    {"`among` belongs to `latest`", "among 须与 latest 一起使用"},
    {"`{0}` is not negative", "“{0}”不得为负"},
    {"`at_least` and `at_least_from` contradict each other", "at_least 与 at_least_from 相互矛盾"},
    {"no day is both on or before and on or after these", "没有日期能同时满足这两个条件"},
    {"the fact that it starts from is missing (`fact`)", "缺少起算的记录（fact）"},
    {"the group has no tests", "该组没有条件"},
    {"the window is from 1 to 3660 days", "期间须为 1 至 3660 日"},
    {"the length of the window is missing (`clock`, `days` or `working_days`)",
     "缺少期间的长度（clock、days 或 working_days）"},
    {"the test is empty (`fact`, `absent`, `all`, `any` or `lapsed`)",
     "条件为空（fact、absent、all、any 或 lapsed）"},
    // requirements
    {"the name of the clock is missing", "缺少时限的名称"},
    {"none of the plan's rule sets has a clock `{0}`", "方案的规则集中没有时限“{0}”"},
    {"`paused_by` and `resumed_by` go together", "paused_by 与 resumed_by 须同时填写"},
    {"`extended_by` and `extension_field` go together",
     "extended_by 与 extension_field 须同时填写"},
    {"no rule set lets the clock `{0}` be extended", "没有规则集允许延长时限“{0}”"},
    {"`days` is from 1 to 366", "天数（days）须为 1 至 366"},
    {"`days` belongs to CADENCE_STEP_DAYS", "天数（days）只用于 CADENCE_STEP_DAYS"},
    {"a cadence needs an end (`stopped_by` or `until`)", "周期须有终点（stopped_by 或 until）"},
    {"`restarted_by` needs `stopped_by`", "restarted_by 须与 stopped_by 一起填写"},
    {"`suspended_by` and `resumed_by` go together", "suspended_by 与 resumed_by 须同时填写"},
    {"what fulfils a cadence is one fact, or `any` of several",
     "履行周期职责的须为一种记录，或数种记录之一（any）"},
    {"a cadence runs until the case is closed, so it cannot gate closing",
     "周期职责持续到结案，不能作为结案的条件"},
    {"the last due rule holds for all others, so it has no `when`",
     "最后一条期限规则适用于其余情形，不得有 when"},
    {"this due rule always holds, so those after it contradict it; give it a `when`",
     "本条期限规则总是适用，其后的规则与之矛盾，请填写 when"},
    {"the day is not within the plan's", "日期不在方案期间内"},
    {"`days` is from 0 to 3660", "天数（days）须为 0 至 3660"},
    {"a cadence and another due rule contradict each other", "周期与其他期限规则相互矛盾"},
    {"`before` is about the day of the fact itself", "before 以记录本身的日期为准"},
    {"the due rule says no day (`fixed`, `after`, `clock`, `cadence`, `before`, `on_field` or "
     "`screening_round`)",
     "期限规则没有写明日期（fixed、after、clock、cadence、before、on_field 或 screening_round）"},
    {"whom it binds is missing (`bound`)", "缺少承担职责者（bound）"},
    {"there is no stage `{0}`", "没有阶段“{0}”"},
    {"what fulfils it is missing (`satisfied`, or `sealed` for a sealed record)",
     "缺少履行的标志（satisfied；密封记录用 sealed）"},
    {"nothing is known about a sealed record, so it is neither due nor a gate",
     "密封记录的内容不得而知，不能有期限，也不能作为结案的条件"},
    {"only a duty in a case can gate closing it", "只有信访事项的职责才能作为结案的条件"},
    // what cannot be kept
    {"the day is counted from what fulfils the duty, so nobody can be late with it",
     "期限自履行之日起算，任何人都不会逾期"},
    {"the duty no longer applies once {0} fulfils it", "{0} 一经履行，该职责即不再适用，无法完成"},
    {"each of these waits for the other: {0}", "以下各项互相等待，无法履行：{0}"},
    {"the window opens with the very fact that keeps it from lapsing ({0}), so it never lapses",
     "期间自 {0} 起算，又因 {0} 而不届满，永远不会届满"},
    {"{0} is compared with itself", "{0} 与其自身比较"},
    {"{0} is asked to be there and not to be there", "{0} 既要求有又要求没有"},
    {"nothing meets the conditions on `{0}`", "没有记录能同时满足对“{0}”的条件"},
    // what no duty may hang on
    {"no duty may depend on what a petitioner agrees to (`{0}`)",
     "职责不得取决于信访人是否同意（{0}）"},
    {"no duty may hang on what a petitioner does or chooses ({0})",
     "职责不得取决于信访人的行为或选择（{0}）"},
    {"nothing but a petitioner's asking leads to {0}, so the duty may apply only where they asked",
     "{0} 须由信访人提出方会发生，职责只能适用于信访人已经提出的情形"},
    {"a duty may ask for a hearing's `{0}` only beside HEARING_DECLINED, for a petitioner may stay "
     "away",
     "信访人可以不参加听证：要求“{0}”的职责须同时允许以 HEARING_DECLINED 完成"},
    {"an agreement is asked for by nothing but its own performance ({0})",
     "除履行协议外，职责不得与调解/和解协议挂钩（{0}）"},
    {"the duty could be fulfilled by nothing but a petitioner's refusal ({0})",
     "该职责只能以信访人拒绝来完成（{0}）"},
    {"help is tied to nothing that ends a petition ({0} and {1})",
     "困难帮扶不得与结案、协议或信访人的选择挂钩（{0} 与 {1}）"},
    {"help is tied to nothing that ends a petition ({0} and {1}, through `{2}`)",
     "困难帮扶不得与结案、协议或信访人的选择挂钩（{0} 与 {1}，经由“{2}”）"},
    // closing
    {"a plan says how a case is closed (`closing`)", "方案须写明结案标准（closing）"},
    {"the standard is given twice", "结案标准重复列出"},
    {"no closing without an answer to every claim: `for_each_claim` must need an issued opinion or "
     "a "
     "reasoned non-acceptance, for all claims",
     "每项诉求未经答复不得结案：for_each_claim "
     "须对全部诉求要求处理意见书或说明理由的不予受理告知书"},
    {"an unlawful act dealt with never closes a case alone (`together_with`)",
     "违法行为得到处理不得单独作为结案标准（together_with）"},
    {"it names no other standard of this plan", "没有指向本方案的其他结案标准"},
    {"the other standard is itself never alone", "所指的结案标准本身不得单独使用"},
    {"a settlement closes a claim only while it is in force: `for_each_claim` must need "
     "SETTLEMENT_SIGNED, undone_by SETTLEMENT_WITHDRAWN, with `petitioner_signed`, `unit_signed` "
     "and "
     "`outside_witness` true, for all claims",
     "协议生效期间方可据以结案：for_each_claim 须对全部诉求要求 SETTLEMENT_SIGNED（undone_by "
     "SETTLEMENT_WITHDRAWN），且 petitioner_signed、unit_signed、outside_witness 均为 true"},
    {"a settlement can be withdrawn from for seven days: `for_each_claim` must need a window of 7 "
     "days "
     "or more from the latest SETTLEMENT_SIGNED, unless SETTLEMENT_WITHDRAWN, for all claims",
     "协议签订后七日内可以撤回：for_each_claim 须对全部诉求要求自最近一次 SETTLEMENT_SIGNED 起 7 "
     "日以上的期间届满（unless SETTLEMENT_WITHDRAWN）"},
    {"a settlement closes a claim only when performed: `for_each_claim` must need "
     "SETTLEMENT_PERFORMED, not_before SETTLEMENT_SIGNED and undone_by SETTLEMENT_WITHDRAWN, for "
     "all "
     "claims",
     "协议履行后方可结案：for_each_claim 须对全部诉求要求 SETTLEMENT_PERFORMED（not_before "
     "SETTLEMENT_SIGNED，undone_by SETTLEMENT_WITHDRAWN）"},
    {"three levels are exhausted only by a decided re-examination: `for_each_claim` must need "
     "REEXAMINATION_DECIDED, for all claims",
     "作出复核意见方为三级终结：for_each_claim 须对全部诉求要求 REEXAMINATION_DECIDED"},
    {"the reconsideration must be decided and on file: `for_each_claim` must need "
     "RECONSIDERATION_DECIDED with `decision_kept` true, for all claims",
     "行政复议决定须已作出并存卷：for_each_claim 须对全部诉求要求 RECONSIDERATION_DECIDED，且 "
     "decision_kept 为 true"},
    {"the channel itself must have accepted the matter: `for_each_claim` must need "
     "LEGAL_CHANNEL_ACCEPTED with `notice_kept` true, for all claims",
     "法定途径须已受理：for_each_claim 须对全部诉求要求 LEGAL_CHANNEL_ACCEPTED，且 notice_kept 为 "
     "true"},
    {"an answer closes a claim only when it was served: `for_each_claim` must need "
     "DOCUMENT_SERVED, "
     "not_before OPINION_ISSUED, of a DOCUMENT_KIND_HANDLING_OPINION with `remedy_stated` true, "
     "for all "
     "claims",
     "答复送达后方可结案：for_each_claim 须对全部诉求要求 DOCUMENT_SERVED（not_before "
     "OPINION_ISSUED），文书为 DOCUMENT_KIND_HANDLING_OPINION，且 remedy_stated 为 true"},
    {"an answer closes a claim only when review can no longer be asked for: `for_each_claim` must "
     "need "
     "a window of 30 days or more (or the clock) from the latest service of the opinion, unless "
     "REVIEW_REQUESTED, for all claims",
     "复查申请期届满后方可结案：for_each_claim 须对全部诉求要求自处理意见书最近一次送达起 30 "
     "日以上（或相应时限）的期间届满（unless REVIEW_REQUESTED）"},
    // scores
    {"there is no requirement `{0}`", "没有要求“{0}”"},
    {"`{0}` has no due date to be kept", "“{0}”没有期限可以考核"},
    {"`{0}` depends on {1}: only acts of a unit are scored, never petitions, closings, agreements, "
     "payments or what petitioners choose",
     "“{0}”取决于 {1}：只考核单位的工作，信访数量、结案、协议、发放款项和信访人的选择一律不计分"},
    {"`{0}` depends on `{1}` of {2}, which says where, how often or how a matter turned out, and "
     "is "
     "never scored",
     "“{0}”取决于 {2} 的“{1}”，该字段涉及地点、次数或处理结果，一律不计分"},
    {"`{0}` is fulfilled by something not being there ({1}), which is never scored",
     "“{0}”以没有某项记录（{1}）为履行，一律不计分"},
    {"`{0}` can be fulfilled by refusing a matter only, which is never scored",
     "“{0}”只能以不予受理来完成，一律不计分"},
    {"`{0}` would be scored for being worse: ask for `true` or `at_least`",
     "“{0}”的要求奖励了更差的工作，须要求为 true 或 at_least"},
    {"`centipoints` is from 1 to 1000000", "“centipoints”须为 1 至 1000000"},
    {"`at_most_centipoints` belongs to `lapses`", "“at_most_centipoints”只用于 lapses"},
    {"`lapses` take away at most so many points: `at_most_centipoints` is from `centipoints` to "
     "1000000",
     "扣分须有上限：“at_most_centipoints”须为 centipoints 至 1000000"},
    {"{0} is no act of a unit whose quality may be scored", "{0} 不是可以考核质量的单位工作"},
    {"lapses are those of `requirements` or facts of one `kind`",
     "扣分项须为 requirements 或一种记录（kind）"},
    {"{0} is no lapse of a unit", "{0} 不是单位的过失"},
    {"`suppress_below` is at least 5", "“suppress_below”至少为 5"},
    {"what is measured is missing (`on_time`, `quality`, `lapses` or `ratings`)",
     "缺少考核内容（on_time、quality、lapses 或 ratings）"},
    {"bands begin at 0 and go up", "档次须从 0 开始递增"},
    // warnings
    {"`{0}` stays pending and is not enforced: this version cannot record {1} yet",
     "“{0}”将一直显示待办且不予督促：本版本尚不能登记 {1}"},
    {"`{0}` never applies: this version cannot record {1} yet",
     "“{0}”始终不适用：本版本尚不能登记 {1}"},
    {"`{0}` has no due date: this version cannot record {1} yet",
     "“{0}”没有期限：本版本尚不能登记 {1}"},
    {"no claim can be closed by `{0}`: this version cannot record {1} yet",
     "目前不能以“{0}”结案：本版本尚不能登记 {1}"},
};
static_assert(std::size(kTexts) == static_cast<size_t>(Say::kNoClosingYet) + 1);

std::string Fill(std::string_view pattern, absl::Span<const std::string> values) {
  std::string text;
  while (true) {
    const size_t open = pattern.find('{');
    text.append(pattern.substr(0, open));
    if (open == std::string_view::npos) return text;
    const size_t slot = static_cast<size_t>(pattern[open + 1] - '0');
    if (slot < values.size()) text.append(values[slot]);
    pattern.remove_prefix(open + 3);
  }
}

}  // namespace

absl::Span<const status::Description> AllTexts() { return kTexts; }

std::string InEnglish(Say say, absl::Span<const std::string> values) {
  return Fill(kTexts[static_cast<size_t>(say)].en, values);
}

std::string InChinese(Say say, absl::Span<const std::string> values) {
  return Fill(kTexts[static_cast<size_t>(say)].zh, values);
}

void RegisterTexts() { status::RegisterDescriptions(kTexts); }

}  // namespace redress::plan
