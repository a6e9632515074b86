#include "models/deep/generator_job.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <sstream>

#include "base/bytes.hpp"

namespace aitrading::models {
namespace {

constexpr std::string_view magic = "AITGJOB1";

/// One option by its name: where it stands and what it may be.
struct Field {
    std::string_view name;
    std::uint32_t GeneratorOptions::* whole = nullptr;
    double GeneratorOptions::* real = nullptr;
    double low = 0, high = 0;
};

constexpr Field fields[]{{"steps", &GeneratorOptions::steps, nullptr, 1, 1'000'000},
                         {"critic_steps", &GeneratorOptions::critic_steps, nullptr, 1, 50},
                         {"batch", &GeneratorOptions::batch, nullptr, 2, 4'096},
                         {"length", &GeneratorOptions::length, nullptr, 4, 1'024},
                         {"warm_up", &GeneratorOptions::warm_up, nullptr, 0, 1'024},
                         {"critic_width", &GeneratorOptions::critic_width, nullptr, 4, 256},
                         {"learning_rate", nullptr, &GeneratorOptions::learning_rate, 1e-8, 1e3},
                         {"penalty", nullptr, &GeneratorOptions::penalty, 0, 1e4},
                         {"averaging", nullptr, &GeneratorOptions::averaging, 0, 0.9999}};

double value_of(const GeneratorOptions& o, const Field& f) { return f.whole != nullptr ? static_cast<double>(o.*f.whole) : o.*f.real; }

std::unexpected<Error> bad(const std::string& why) { return fail(ErrorCode::bad_input, "generator: " + why); }

Result<void> check_values(const GeneratorJob& job, const std::vector<float>& values, const std::vector<std::string>& names) {
    for (std::size_t i = 0; i < values.size(); ++i)
        if (!std::isfinite(values[i])) return bad(fmt::format("row {}: {} is {}; leave such rows out", i / names.size(), names[i % names.size()], values[i]));
    if (&values != &job.values) return {};
    for (std::size_t k = 0; k < names.size(); ++k) {
        bool moves = false;
        for (std::size_t i = k; i < values.size() && !moves; i += names.size()) moves = values[i] != values[k];
        if (!moves) return bad(fmt::format("channel {} is {} in every row; leave it out", names[k], values[k]));
    }
    return {};
}

}  // namespace

Result<void> check_job(const GeneratorJob& job) {
    TRY_VOID(check_spec(job.spec));
    for (const Field& f : fields)
        if (const double v = value_of(job.options, f); !(v >= f.low && v <= f.high))
            return fail(ErrorCode::usage, fmt::format("generator: option {} is {}; it must be {} to {}", f.name, v, f.low, f.high));
    const std::size_t rows = job.rows(), least = 2 * (std::size_t{job.options.length} + job.options.warm_up);
    if (job.channels.size() != job.spec.channels || job.conditions.size() != job.spec.conditions || job.values.size() != rows * job.spec.channels ||
        job.condition.size() != rows * job.spec.conditions)
        return bad(fmt::format("{} names for {} channels, {} for {} conditions, {} values and {} conditions in {} rows do not match", job.channels.size(),
                               job.spec.channels, job.conditions.size(), job.spec.conditions, job.values.size(), job.condition.size(), rows));
    if (rows < least) return bad(fmt::format("{} rows to learn from; it needs {} (length and warm_up twice): take a longer span", rows, least));
    TRY_VOID(check_values(job, job.values, job.channels));
    return check_values(job, job.condition, job.conditions);
}

std::string serialise(const GeneratorJob& job) {
    ByteWriter out;
    for (const std::uint32_t v : {job.spec.channels, job.spec.conditions, job.spec.noise, job.spec.width}) out.put(v);
    out.put(job.options.seed);
    for (const Field& f : fields) out.put(value_of(job.options, f));
    for (const auto* names : {&job.channels, &job.conditions}) {
        out.put(static_cast<std::uint64_t>(names->size()));
        for (const std::string& name : *names) out.put_text(name);
    }
    out.put_all(job.values);
    out.put_all(job.condition);
    return out.sealed(magic);
}

std::string fingerprint(const GeneratorJob& job) {
    Fingerprint print;
    print.add(serialise(job));
    return print.hex();
}

bool is_generator_job(std::string_view bytes) { return bytes.starts_with(magic); }

Result<GeneratorJob> parse_generator_job(std::string_view bytes, const std::string& what) {
    TRY(ByteReader in, ByteReader::unseal(bytes, magic, what));
    GeneratorJob job;
    for (std::uint32_t* v : {&job.spec.channels, &job.spec.conditions, &job.spec.noise, &job.spec.width}) *v = in.get<std::uint32_t>();
    job.options.seed = in.get<std::uint64_t>();
    for (const Field& f : fields) {
        const auto v = in.get<double>();
        if (f.whole != nullptr) job.options.*f.whole = static_cast<std::uint32_t>(v);
        else job.options.*f.real = v;
    }
    for (auto* names : {&job.channels, &job.conditions}) {
        const auto count = in.get<std::uint64_t>();
        for (std::uint64_t i = 0; i < count && !in.failed(); ++i) names->push_back(in.get_text());
    }
    job.values = in.get_all<float>();
    job.condition = in.get_all<float>();
    if (!in.at_end()) return fail(ErrorCode::bad_input, what + ": its parts do not fit together; make it anew");
    return job;
}

std::string describe(const GeneratorOptions& o) {
    std::string out;
    for (const Field& f : fields) out += fmt::format("{}{}={}", out.empty() ? "" : " ", f.name, value_of(o, f));
    return out;
}

Result<void> parse_generator_words(std::string_view words, GeneratorSpec& spec, GeneratorOptions& options) {
    std::istringstream in{std::string(words)};
    for (std::string word; in >> word;) {
        const std::size_t sign = word.find('=');
        const std::string name = word.substr(0, sign), text = sign == std::string::npos ? "" : word.substr(sign + 1);
        char* end = nullptr;
        const double value = std::strtod(text.c_str(), &end);
        if (text.empty() || *end != '\0') return fail(ErrorCode::usage, fmt::format("generator: \"{}\" is no name=value with a number", word));
        const Field* found = nullptr;
        for (const Field& f : fields)
            if (f.name == name) found = &f;
        const bool shape = name == "width" || name == "noise";
        if (found == nullptr && !shape)
            return fail(ErrorCode::usage, fmt::format("generator: there is no parameter {}; there are width noise {}", name, describe(options)));
        const double low = shape ? 1 : found->low, high = shape ? 256 : found->high;
        if (!(value >= low && value <= high)) return fail(ErrorCode::usage, fmt::format("generator: {} is {}; it must be {} to {}", name, value, low, high));
        if (shape) (name == "width" ? spec.width : spec.noise) = static_cast<std::uint32_t>(value);
        else if (found->whole != nullptr) options.*found->whole = static_cast<std::uint32_t>(value);
        else options.*found->real = value;
    }
    return {};
}

Result<std::string> generator_file(const GeneratorJob& job, std::vector<float> values) {
    return encode_generator({job.spec, job.channels, job.conditions,
                             fmt::format("aitrading-train, libtorch, seed {}, {}", job.options.seed, describe(job.options)), std::move(values)});
}

}  // namespace aitrading::models
