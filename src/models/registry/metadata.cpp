#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "models/registry/registry.hpp"

namespace aitrading::models {
namespace {

using Json = nlohmann::ordered_json;

constexpr int format_version = 2;  // 1: without parameters, calibration, conformal and scoring; with `version`

std::unexpected<Error> bad(std::string text) { return std::unexpected(Error{ErrorCode::bad_input, std::move(text), false}); }

std::int64_t seconds_rounded_up(UnixNanos time) {
    const std::int64_t whole = time.value / nanos_per_second;
    return whole + (time.value % nanos_per_second > 0 ? 1 : 0);
}

/// Reads the fields of an object; remembers the first that is missing or of the wrong kind.
class FieldReader {
  public:
    explicit FieldReader(const Json& object) : object_(object) {}

    template <class T>
    void read(const char* field, T& out) {
        const auto found = object_.find(field);
        if (found == object_.end()) return refuse(field, "is missing");
        try {
            found->get_to(out);
        } catch (const Json::exception&) {
            refuse(field, "has the wrong kind of value");
        }
    }
    void read_time(const char* field, UnixNanos& out) {
        std::string text;
        read(field, text);
        if (const auto time = parse_iso8601(text)) out = *time;
        else refuse(field, "is no ISO 8601 time");
    }
    void refuse(const char* field, const char* why) {
        if (problem_.empty()) problem_ = fmt::format("field {} {}", field, why);
    }
    const std::string& problem() const { return problem_; }

  private:
    const Json& object_;
    std::string problem_;
};

void read_format_2(FieldReader& fields, ModelMetadata& m) {
    fields.read("parameters", m.parameters);
    fields.read("calibration", m.calibration);
    fields.read("conformal", m.conformal);
    std::string scoring;
    fields.read("scoring", scoring);
    m.scoring = scoring == "held_out" ? Scoring::held_out : Scoring::out_of_fold;
    if (scoring != "held_out" && scoring != "out_of_fold") fields.refuse("scoring", "is neither out_of_fold nor held_out");
}

}  // namespace

Result<void> check_model_name(std::string_view name) {
    const bool sound = !name.empty() && name.size() <= 64 && name.front() != '.' &&
                       std::all_of(name.begin(), name.end(), [](char c) {
                           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                                  c == '-' || c == '.';
                       });
    if (sound) return {};
    return std::unexpected(Error{ErrorCode::usage,
                                 fmt::format("\"{}\" cannot name a model; use 1 to 64 letters, digits, _, - or ., not "
                                             "beginning with a dot", name), false});
}

Result<std::string> to_json(const ModelMetadata& m) {
    Json panel = Json::parse(m.panel_json, nullptr, false);
    if (panel.is_discarded()) return bad(fmt::format("the panel of model {} is not JSON", m.name));
    Json document{{"format", format_version}, {"name", m.name}};
    if (m.version > 0) document["version"] = m.version;
    document.update({{"symbol", m.series.symbol},
                     {"timeframe", aitrading::name(m.series.timeframe)},
                     {"label", m.label},
                     {"feature_manifest_hash", m.feature_manifest_hash},
                     {"with", m.with},
                     {"training_from", to_iso8601(m.training_from)},
                     {"training_end", to_iso8601(m.training_end)},
                     {"training_end_unix", seconds_rounded_up(m.training_end)},
                     {"seed", m.seed},
                     {"members", m.members},
                     {"parameters", m.parameters},
                     {"calibration", m.calibration},
                     {"conformal", m.conformal},
                     {"trials", m.trials},
                     {"data_fingerprint", m.data_fingerprint},
                     {"code_version", m.code_version},
                     {"command_line", m.command_line},
                     {"scoring", m.scoring == Scoring::held_out ? "held_out" : "out_of_fold"},
                     {"panel", std::move(panel)}});
    // Bytes that are not UTF-8 (a command line may hold them) are replaced, not thrown about.
    return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<ModelMetadata> parse_metadata(std::string_view json, std::string_view file) {
    const Json document = Json::parse(json, nullptr, false);
    if (!document.is_object()) return bad(fmt::format("{}: is not a JSON object; restore it or train again", file));
    FieldReader fields(document);
    int format = 0;
    fields.read("format", format);
    if (format > format_version)
        return bad(fmt::format("{}: format {} is newer than this build knows ({}); use a newer aitrading", file, format,
                               format_version));
    ModelMetadata m;
    std::string timeframe;
    fields.read("name", m.name);
    if (document.contains("version")) fields.read("version", m.version);
    fields.read("symbol", m.series.symbol);
    fields.read("timeframe", timeframe);
    fields.read("label", m.label);
    fields.read("feature_manifest_hash", m.feature_manifest_hash);
    if (document.contains("with")) fields.read("with", m.with);  // earlier files have none
    fields.read_time("training_from", m.training_from);
    fields.read_time("training_end", m.training_end);
    fields.read("seed", m.seed);
    fields.read("members", m.members);
    fields.read("trials", m.trials);
    fields.read("data_fingerprint", m.data_fingerprint);
    fields.read("code_version", m.code_version);
    fields.read("command_line", m.command_line);
    if (format >= 2) read_format_2(fields, m);
    if (const auto parsed = parse_timeframe(timeframe)) m.series.timeframe = *parsed;
    else fields.refuse("timeframe", "is no timeframe");
    const auto panel = document.find("panel");
    if (panel == document.end()) fields.refuse("panel", "is missing");
    else m.panel_json = panel->dump();
    if (!fields.problem().empty()) return bad(fmt::format("{}: {}; restore the file or train again", file, fields.problem()));
    return m;
}

}  // namespace aitrading::models
