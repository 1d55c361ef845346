#include "common/status/descriptions.h"

#include <map>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace redress::status {
namespace {

// What the code common to all services reports.
constexpr Description kCommon[] = {
    // common/validate
    {"must be set", "必须填写"},
    {"must have something that can be seen", "须有可见的文字"},
    {"must not begin or end with a blank, nor have line breaks or characters that cannot be seen",
     "首尾不得有空格，也不得有换行或不可见的字符"},
    {"must have one of {0}", "须填写其中一项：{0}"},
    {"must have at least {0}", "至少须有{0}"},
    {"must have at most {0}", "最多只能有{0}"},
    {"{0} item", "{0} 项"},
    {"{0} items", "{0} 项"},
    {"{0} byte", "{0} 字节"},
    {"{0} bytes", "{0} 字节"},
    {"{0} character", "{0} 个字符"},
    {"{0} characters", "{0} 个字符"},
    {"must be between {0} and {1}", "须在 {0} 与 {1} 之间"},
    {"must be a known value of {0}", "不是 {0} 的有效取值"},
    {"must not be nested more than {0} deep", "嵌套不得超过 {0} 层"},
    {"must be valid UTF-8", "须为有效的 UTF-8 文本"},
    {"must not contain control characters other than newline and tab",
     "不得含有换行和制表符以外的控制字符"},
    {"must be a UUID in its canonical form", "须为标准写法的 UUID"},
    {"must be a resource name of the form {0}", "须为 {0} 形式的资源名称"},
    {"must match the pattern {0}", "须符合格式 {0}"},
    {"must be a finite number", "须为有限的数值"},
    {"must not be after today, {0}", "不得晚于今天（{0}）"},
    {"must be within ten years from today, until {0}", "须在今后十年内（不晚于 {0}）"},
    {"must be a real date with year, month and day, from 1900-01-01 to 9999-12-31",
     "须为 1900-01-01 至 9999-12-31 之间真实存在的年月日"},
    {"must be a valid duration", "须为有效的时长"},
    {"must be an instant from 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z",
     "须为 0001-01-01T00:00:00Z 至 9999-12-31T23:59:59Z 之间的时刻"},
    // common/rules
    {"must not be before {0} ({1})", "不得早于{0}（{1}）"},
    // common/fsm
    {"{0} is not allowed in state {1}; it is allowed in {2}",
     "“{0}”不能在 {1} 状态下进行，可在以下状态进行：{2}"},
    {"no state", "无"},
    // common/store, common/page, common/facts, common/audit
    {"must be a UUID", "须为 UUID"},
    {"was used for a different request; use a new one for each change",
     "已用于另一请求；每次变更须使用新的编号"},
    {"must be a token that this list returned", "须为本列表返回的翻页标记"},
    {"is not of this list", "不属于本列表"},
    {"\"{0}\" names no field of {1}", "“{0}”不是 {1} 的字段"},
    {"\"{0}\" is set by the server and cannot be updated", "“{0}”由服务端设定，不能更改"},
    {"\"{0}\" identifies the resource and cannot be updated", "“{0}”是资源的标识，不能更改"},
    {"\"{0}\" never changes once the resource is created", "“{0}”自建立之后不能更改"},
    {"\"{0}\" must not lead through a list, a map or a value", "“{0}”不得经由列表、映射或单个值"},
    {"must be the only path if it is \"*\"", "为“*”时须为唯一的路径"},
    {"must not be negative", "不得为负"},
    {"is beyond the last entry", "超出最后一条记录"},
    {"excludes first_position and page_size", "不能与 first_position 和 page_size 同时使用"},
    {"must not be a retraction itself", "所撤回的不能是撤回本身"},
    {"must be a fact of the same kind and subject", "须为同一类别、同一对象的记录"},
    {"must be a fact of this service", "须为本服务登记的记录"},
    {"must be a known kind", "须为已知的类别"},
    {"has fields that this program does not know", "含有本程序不认识的内容"},
    {"is too large", "过大"},
    {"must be an id, a resource name or a code", "须为编号、资源名称或代码"},
    {"must be empty in a retraction", "撤回时须为空"},
    {"must be positive", "须为正数"},
    {"must be the kind of the detail", "须与具体内容的类别一致"},
    {"must lie within the case", "须属于该信访事项"},
    {"must be a real date", "须为真实存在的日期"},
    {"must not be in the future", "不得晚于今天"},
    // the mistakes of a plan file, whose texts common/plan has
    {"line {0}, column {1}: {2}", "第 {0} 行第 {1} 列：{2}"},
    {"line {0}, column {1}, {2}: {3}", "第 {0} 行第 {1} 列，{2}：{3}"},
    // said by several services
    {"must not be blank", "不得为空白"},
    {"is not registered", "尚未登记"},
    {"is named twice", "重复列出"},
    {"has left the office", "已离任"},
    {"is no claim of this case", "不是本案的诉求"},
    {"is outside the region that you serve", "不在您负责的地区"},
    {"must be from outside the responsible unit", "须来自责任单位以外"},
    {"cannot be known to be from outside: no unit is responsible for the case yet",
     "尚未确定责任单位，无法认定来自责任单位以外"},
    {"is no unit of the register", "单位名册中没有该单位"},
    {"the receipt of the case", "信访事项的收到日期"},
    {"a picture or recording needs the petitioner's written consent",
     "照片、录音录像须有信访人的书面同意"},
    {"must not speak of giving up petitioning, review or suit: nobody can agree to that",
     "不得写入放弃信访、复查复核或诉讼等内容：任何人都不能作此约定"},
    {"was recorded already", "已登记"},
    {"must not be after the year {0}: the simulated clock never goes back",
     "不得晚于 {0} 年：模拟时钟不能回拨"},
    {"is the hash of nothing; it must be that of the file", "不是文件的散列值；须为该文件的散列值"},
    {"must be of the consent, not of what was consented to",
     "须为书面同意的散列值，而不是所同意材料的散列值"},
};

// A text with slots, cut at them.
struct Pattern {
  std::vector<std::string_view> pieces;
  std::string_view zh;
};

std::vector<std::string_view> Cut(std::string_view text) {
  std::vector<std::string_view> pieces;
  while (true) {
    const size_t open = text.find('{');
    pieces.push_back(text.substr(0, open));
    if (open == std::string_view::npos) return pieces;
    text.remove_prefix(text.find('}', open) + 1);
  }
}

struct Catalogue {
  absl::Mutex mutex;
  std::map<std::string_view, std::string_view> whole ABSL_GUARDED_BY(mutex);
  std::map<std::string_view, Pattern> patterns ABSL_GUARDED_BY(mutex);

  Catalogue() {
    absl::MutexLock lock(&mutex);
    for (const Description& description : kCommon) Add(description);
  }
  void Add(const Description& description) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    if (description.en.find('{') == std::string_view::npos) {
      whole[description.en] = description.zh;
    } else {
      patterns[description.en] = {Cut(description.en), description.zh};
    }
  }
};

Catalogue& TheCatalogue() {
  static Catalogue* const catalogue = new Catalogue();
  return *catalogue;
}

// What stands in the slots; nothing where the text is not of this pattern.
std::optional<std::vector<std::string_view>> Match(const Pattern& pattern, std::string_view text) {
  const std::string_view first = pattern.pieces.front();
  if (text.substr(0, first.size()) != first) return std::nullopt;
  text.remove_prefix(first.size());
  std::vector<std::string_view> values;
  for (size_t i = 1; i < pattern.pieces.size(); ++i) {
    const std::string_view piece = pattern.pieces[i];
    const bool last = i + 1 == pattern.pieces.size();
    if (last && text.size() < piece.size()) return std::nullopt;
    const size_t end = last ? text.size() - piece.size() : text.find(piece);
    if (end == std::string_view::npos || end == 0 || text.substr(end, piece.size()) != piece)
      return std::nullopt;
    values.push_back(text.substr(0, end));
    text.remove_prefix(end + piece.size());
  }
  return values;
}

std::string Translate(const Catalogue& catalogue, std::string_view text, int depth)
    ABSL_SHARED_LOCKS_REQUIRED(catalogue.mutex) {
  const auto found = catalogue.whole.find(text);
  if (found != catalogue.whole.end()) return std::string(found->second);
  if (depth == 0) return std::string(text);
  // The pattern with the most fixed text is the one that is meant.
  const Pattern* best = nullptr;
  std::vector<std::string_view> values;
  size_t left_open = text.size();
  for (const auto& [en, pattern] : catalogue.patterns) {
    const auto match = Match(pattern, text);
    if (!match) continue;
    size_t open = 0;
    for (const std::string_view value : *match) open += value.size();
    if (best != nullptr && open >= left_open) continue;
    best = &pattern;
    values = *match;
    left_open = open;
  }
  if (best == nullptr) return std::string(text);
  std::string out;
  std::string_view rest = best->zh;
  while (true) {
    const size_t open = rest.find('{');
    out.append(rest.substr(0, open));
    if (open == std::string_view::npos) return out;
    const size_t slot = static_cast<size_t>(rest[open + 1] - '0');
    if (slot < values.size()) out.append(Translate(catalogue, values[slot], depth - 1));
    rest.remove_prefix(open + 3);
  }
}

}  // namespace

void RegisterDescriptions(absl::Span<const Description> descriptions) {
  Catalogue& catalogue = TheCatalogue();
  absl::MutexLock lock(&catalogue.mutex);
  for (const Description& description : descriptions) catalogue.Add(description);
}

std::string InChinese(std::string_view description) {
  Catalogue& catalogue = TheCatalogue();
  absl::ReaderMutexLock lock(&catalogue.mutex);
  return Translate(catalogue, description, 2);
}

std::vector<Description> AllDescriptions() {
  Catalogue& catalogue = TheCatalogue();
  absl::ReaderMutexLock lock(&catalogue.mutex);
  std::vector<Description> all;
  for (const auto& [en, zh] : catalogue.whole) all.push_back({en, zh});
  for (const auto& [en, pattern] : catalogue.patterns) all.push_back({en, pattern.zh});
  return all;
}

}  // namespace redress::status
