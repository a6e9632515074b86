#pragma once

#include "kit/events/read_model.hpp"

namespace aitrading::kit {

/// What a topic holds, for operators: of each type and each subject how many events, when the last one happened, and a sum over
/// all of them in their order, in which a lost, doubled, changed or exchanged event shows. Memory: some hundred bytes a subject.
class Overview final : public ReadModel {
  public:
    struct Count {
        std::int64_t events = 0;
        UnixNanos last{std::numeric_limits<std::int64_t>::min()};
        std::uint64_t sum = 0;
        friend bool operator==(const Count&, const Count&) = default;
    };
    void apply(const ports::Delivery& delivery) override;
    std::string snapshot() const override;
    Result<void> restore(std::string_view bytes) override;
    void clear() override;
    std::map<std::string, std::string> rows() const override;

    const std::map<std::string, Count>& types() const { return types_; }
    const std::map<std::string, Count>& subjects() const { return subjects_; }

  private:
    std::map<std::string, Count> types_, subjects_;
};

}  // namespace aitrading::kit
