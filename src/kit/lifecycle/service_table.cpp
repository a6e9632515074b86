#include "kit/lifecycle/service_table.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include <fmt/format.h>
#include <toml++/toml.h>

namespace aitrading::kit {
namespace {

/// One table of the file with what it takes from it; what is left over in the end is unknown.
class Reader {
  public:
    Reader(const toml::table& table, std::string_view source, std::string_view what) : table_(table), source_(source), what_(what) {
        for (const auto& [key, node] : table) left_.insert(std::string(key.str()));
    }
    Error error(const toml::source_region& at, std::string_view text) const {
        return {ErrorCode::bad_input, fmt::format("{}, line {}: {}: {}", source_, at.begin.line, what_, text)};
    }
    template <class T>
    Result<void> take(std::string_view key, T& out) {
        left_.erase(std::string(key));
        const toml::node* node = table_.get(key);
        if (node == nullptr) return {};
        const auto value = node->value_exact<T>();
        if (!value) return std::unexpected(error(node->source(), fmt::format("{} is of another kind", key)));
        out = *value;
        return {};
    }
    Result<void> take(std::string_view key, std::vector<std::string>& out) {
        left_.erase(std::string(key));
        const toml::node* node = table_.get(key);
        if (node == nullptr) return {};
        const toml::array* array = node->as_array();
        if (array == nullptr) return std::unexpected(error(node->source(), fmt::format("{} is a list of texts", key)));
        for (const toml::node& item : *array) {
            const auto text = item.value_exact<std::string>();
            if (!text) return std::unexpected(error(item.source(), fmt::format("{} is a list of texts", key)));
            out.push_back(*text);
        }
        return {};
    }
    Result<void> nothing_left() const {
        if (left_.empty()) return {};
        return std::unexpected(error(table_.source(), fmt::format("there is no key {} here", *left_.begin())));
    }

  private:
    const toml::table& table_;
    std::string source_, what_;
    std::set<std::string> left_;
};

bool is_service_name(std::string_view text) {
    return !text.empty() && text.size() <= 40 && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

Result<ServiceSpec> read_service(const toml::table& table, std::string_view source) {
    Reader reader(table, source, "[[service]]");
    ServiceSpec out;
    std::int64_t port = 0;
    std::string listens = "loopback";
    TRY_VOID(reader.take("name", out.name));
    TRY_VOID(reader.take("port", port));
    TRY_VOID(reader.take("job", out.job));
    TRY_VOID(reader.take("listens", listens));
    TRY_VOID(reader.take("needs", out.needs));
    TRY_VOID(reader.take("topics_in", out.topics_in));
    TRY_VOID(reader.take("topics_out", out.topics_out));
    TRY_VOID(reader.take("engines", out.engines));
    TRY_VOID(reader.take("missing", out.missing));
    TRY_VOID(reader.nothing_left());
    if (!is_service_name(out.name)) return std::unexpected(reader.error(table.source(), fmt::format("name '{}': lower-case letters, digits and dashes are expected", out.name)));
    if (port < 1 || port > 65'535) return std::unexpected(reader.error(table.source(), fmt::format("{}: port {} is not in 1 … 65535", out.name, port)));
    if (listens != "loopback" && listens != "everywhere") return std::unexpected(reader.error(table.source(), fmt::format("{}: listens = \"loopback\" or \"everywhere\"", out.name)));
    out.port = static_cast<int>(port);
    if (listens == "everywhere") out.address = "0.0.0.0";
    return out;
}

Result<SettingKind> kind_of(std::string_view text) {
    for (const auto kind : {SettingKind::text, SettingKind::number, SettingKind::integer, SettingKind::boolean, SettingKind::list, SettingKind::url, SettingKind::choice})
        if (name(kind) == text) return kind;
    return fail(ErrorCode::bad_input, fmt::format("kind '{}' is none of text, number, integer, boolean, list, url, choice", text));
}

Result<SettingSpec> read_setting(const toml::table& table, std::string_view source) {
    Reader reader(table, source, "[[setting]]");
    SettingSpec out;
    std::string kind = "text";
    TRY_VOID(reader.take("name", out.name));
    TRY_VOID(reader.take("service", out.service));
    TRY_VOID(reader.take("kind", kind));
    TRY_VOID(reader.take("default", out.fallback));
    TRY_VOID(reader.take("choices", out.choices));
    TRY_VOID(reader.take("secret", out.secret));
    TRY_VOID(reader.take("hot", out.hot));
    TRY_VOID(reader.take("read", out.read));
    TRY_VOID(reader.take("about", out.about));
    TRY_VOID(reader.nothing_left());
    const auto known = kind_of(kind);
    if (!known) return std::unexpected(reader.error(table.source(), known.error().text));
    out.kind = *known;
    if (out.name.empty()) return std::unexpected(reader.error(table.source(), "a setting has a name"));
    if (const auto fits = check_setting(out, out.fallback); !fits) return std::unexpected(reader.error(table.source(), fits.error().text));
    return out;
}

Result<void> check_services(const ServiceTable& table, std::string_view source) {
    std::set<std::string> names;
    std::map<int, std::string> ports;
    for (const ServiceSpec& s : table.services) {
        if (!names.insert(s.name).second) return fail(ErrorCode::bad_input, fmt::format("{}: service {} is there twice", source, s.name));
        if (const auto [other, is_new] = ports.emplace(s.port, s.name); !is_new)
            return fail(ErrorCode::bad_input, fmt::format("{}: port {} is given to {} and {}", source, s.port, other->second, s.name));
    }
    for (const ServiceSpec& s : table.services)
        for (const std::string& need : s.needs)
            if (!names.contains(need)) return fail(ErrorCode::bad_input, fmt::format("{}: {} needs {}, which is no service", source, s.name, need));
    std::set<std::string> settings;
    for (const SettingSpec& s : table.settings) {
        if (!settings.insert(s.name).second) return fail(ErrorCode::bad_input, fmt::format("{}: setting {} is there twice", source, s.name));
        if (!s.service.empty() && !names.contains(s.service)) return fail(ErrorCode::bad_input, fmt::format("{}: setting {} belongs to {}, which is no service", source, s.name, s.service));
    }
    std::vector<std::string> all;
    all.reserve(table.services.size());
    for (const ServiceSpec& s : table.services) all.push_back(s.name);
    const auto order = start_order(table, all);
    if (!order) return fail(order.error().code, fmt::format("{}: {}", source, order.error().text));
    return {};
}

}  // namespace

const ServiceSpec* ServiceTable::find(std::string_view name) const {
    const auto found = std::ranges::find(services, name, &ServiceSpec::name);
    return found == services.end() ? nullptr : &*found;
}

Result<ServiceTable> parse_service_table(std::string_view text, std::string_view source) {
    ServiceTable out;
    try {
        const toml::table file = toml::parse(text, source);
        for (const auto& [key, node] : file) {
            const toml::array* tables = node.as_array();
            if ((key != "service" && key != "setting") || tables == nullptr || !tables->is_array_of_tables())
                return fail(ErrorCode::bad_input, fmt::format("{}, line {}: {}: only [[service]] and [[setting]] are expected", source, node.source().begin.line, key.str()));
            for (const toml::node& item : *tables) {
                if (key == "service") {
                    TRY(out.services.emplace_back(), read_service(*item.as_table(), source));
                } else {
                    TRY(out.settings.emplace_back(), read_setting(*item.as_table(), source));
                }
            }
        }
    } catch (const toml::parse_error& e) {
        return fail(ErrorCode::bad_input, fmt::format("{}, line {}, column {}: {}", source, e.source().begin.line, e.source().begin.column, e.description()));
    }
    TRY_VOID(check_services(out, source));
    return out;
}

Result<std::vector<ServiceSpec>> start_order(const ServiceTable& table, const std::vector<std::string>& names) {
    std::vector<ServiceSpec> out;
    std::set<std::string> done, under_way;
    const std::function<Result<void>(const std::string&)> visit = [&](const std::string& name) -> Result<void> {
        if (done.contains(name)) return {};
        if (!under_way.insert(name).second) return fail(ErrorCode::bad_input, fmt::format("services need each other in a circle through {}", name));
        const ServiceSpec* spec = table.find(name);
        if (spec == nullptr) {
            std::string known;
            for (const ServiceSpec& s : table.services) known += (known.empty() ? "" : " ") + s.name;
            return fail(ErrorCode::not_found, fmt::format("there is no service '{}'; there are: {}", name, known));
        }
        for (const std::string& need : spec->needs) TRY_VOID(visit(need));
        done.insert(name);
        out.push_back(*spec);
        return {};
    };
    for (const std::string& name : names) TRY_VOID(visit(name));
    return out;
}

}  // namespace aitrading::kit
