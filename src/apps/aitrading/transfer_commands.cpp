#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "apps/aitrading/commands.hpp"
#include "apps/aitrading/option_list.hpp"
#include "apps/aitrading/transfer_json.hpp"
#include "apps/aitrading/transfer_run.hpp"

namespace aitrading::apps {
namespace {

struct TransferOptions {
    TransferRequest request;
    std::string models = "lstm";
};

void print_table(const std::vector<Transfer>& rows) {
    fmt::print("{:<14} {:<12} {:>8} {:>9} {:>9} {:>9} {:>9}  {:<21} {}\n", "instrument", "net", "n", "scratch", "adapted", "as it is", "gain", "95 %", "start");
    for (const Transfer& t : rows)
        fmt::print("{:<14} {:<12} {:>8} {:>9.5f} {:>9.5f} {:>9.5f} {:>+9.5f}  {:<21} {}\n", t.symbol, t.net, t.gain.n, t.gain.before, t.gain.after, t.log_loss_unadapted,
                   t.gain.gain, fmt::format("{:+.5f} to {:+.5f}", t.gain.low, t.gain.high), t.kept() ? "kept" : "not kept");
}

Result<void> transfer(const TransferOptions& o, const Context& context) {
    TransferRequest request = o.request;
    request.models = split_list(o.models);
    TRY(const TransferPool pool, read_pool(request, context));
    std::vector<Transfer> rows;
    for (const std::string& symbol : request.symbols) {
        TRY(const auto some, compare_starts(pool, symbol, request, context));
        rows.insert(rows.end(), some.begin(), some.end());
    }
    const std::string protocol = fmt::format(
        "Purged walk-forward, {} test blocks an instrument, log loss of calibrated probabilities of {}. The pool's net has seen, of all {} instruments, labels known by the start "
        "of the month (of the day, where all series are shorter than a year) in which a fit's last teaching row lies; it is then trained on that instrument's own rows. A start is kept where the lower end of the gain's 95 % "
        "interval (stationary block bootstrap) lies above 0.",
        request.folds, request.label, request.symbols.size());
    if (context.json) {
        fmt::print("{}\n", transfer_document(rows, request, protocol).dump(2));
        return {};
    }
    print_table(rows);
    fmt::print("\n{} of {} starts kept. {}\n", std::ranges::count_if(rows, &Transfer::kept), rows.size(), protocol);
    return {};
}

}  // namespace

void add_transfer_commands(CLI::App& app, Context& context) {
    auto o = std::make_shared<TransferOptions>();
    auto* c = app.add_subcommand("transfer", "do nets that start from all instruments beat nets from scratch? purged, for each instrument");
    c->footer("Example: aitrading transfer EURUSD GBPUSD USDJPY AUDUSD --timeframe H1 --label next_bar --models lstm --to 2018-02-01");
    c->add_option("symbols", o->request.symbols, "two stored symbols or more")->required();
    c->add_option("--timeframe", o->request.timeframe, "M1 M5 M15 M30 H1 H4 D1 W1")->required();
    c->add_option("--label", o->request.label, "as for evaluate")->capture_default_str();
    c->add_option("--models", o->models, "nets: lstm, transformer, cnn")->capture_default_str();
    c->add_option("--words", o->request.words, "shape and training of the nets, for example 'width=16 layers=1 epochs=8'; without it their defaults");
    c->add_option("--device", o->request.device, "where nets are trained: cpu, or cuda where libtorch has it")->check(CLI::IsMember({"cpu", "cuda"}));
    c->add_option("--folds", o->request.folds, "test blocks of each instrument")->check(CLI::Range(1, 1000))->capture_default_str();
    c->add_option("--from", o->request.from, "first bar");
    c->add_option("--to", o->request.to, "bars before this time");
    c->callback([o, &context] { context.action = [o, &context] { return transfer(*o, context); }; });
}

}  // namespace aitrading::apps
