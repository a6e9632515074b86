#pragma once

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "base/result.hpp"

/// What the conformance suites of the ports are written with. A suite is a list of named checks rather than tests of its
/// own, so that its own tests can run it over engines with a planted fault and see it refuse them.
namespace aitrading::ports::conformance {

/// One promise of a port. `Make` builds the empty ground on which an engine is opened.
template <class Make>
struct CheckOn {
    const char* name;
    /// Empty where the engine keeps the promise; else what it broke.
    std::string (*run)(const Make&);
};

/// The name of a test that runs it.
template <class Make>
void PrintTo(const CheckOn<Make>& check, std::ostream* out) {
    *out << check.name;
}

/// A store on a ground of its own, which opens one store at a time and can end it as a power cut does.
template <class Ground, class Store>
struct BenchOf {
    explicit BenchOf(std::unique_ptr<Ground> on) : ground(std::move(on)) { reopen(); }
    void reopen() {
        store.reset();
        auto opened = ground->open();
        if (opened) store = std::move(*opened);
        else broken = opened.error().text;
    }
    void cut() {
        ground->cut(std::move(store));
        reopen();
    }
    std::unique_ptr<Ground> ground;
    std::unique_ptr<Store> store;
    std::string broken;  ///< why it could not be opened
};

/// Why a call was refused; none where it was not.
template <class T>
std::optional<ErrorCode> refusal_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error().code);
}

}  // namespace aitrading::ports::conformance

/// Inside a check: gives up with what was expected where it does not hold.
#define AIT_EXPECT(condition, what) \
    if (!(condition)) return std::string(what) + " (" #condition ")"
/// The same for a Result; its error is said.
#define AIT_OK(result) \
    if (const auto& ait_checked = (result); !ait_checked) return std::string(#result ": ") + ait_checked.error().text
