#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "models/registry/service/promotions.hpp"

namespace aitrading::models {

/// A home in a folder of its own that goes away, and models to keep there.
class RegistryHome {
  public:
    explicit RegistryHome(const std::string& word) : path_(root() / ("aitrading_" + word + "." + std::to_string(::getpid()))) {
        std::filesystem::remove_all(path_);
        std::filesystem::create_directories(path_);
    }
    RegistryHome(const RegistryHome&) = delete;
    RegistryHome& operator=(const RegistryHome&) = delete;
    ~RegistryHome() { std::filesystem::remove_all(path_); }

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path models() const { return path_ / "models"; }
    ModelStore store() const { return ModelStore(path_); }
    Promotions promotions() const { return Promotions(path_); }

    /// A panel that every gate lets pass.
    static constexpr const char* good_panel =
        R"({"n":1200,"from":"2014-01-01T00:00:00Z","to":"2018-01-31T23:00:00Z","majority_rate":0.505,"accuracy":0.55,"accuracy_ci95":[0.521,0.578],)"
        R"("log_loss_skill":0.012,"ece":0.012,"ece_noise_p95":0.021,"net_sharpe_1x":0.8,"psr":0.98,"dsr":0.96,"pbo":null,"pbo_reason":"one run"})";

    static StoredModel model(const std::string& name, std::string bytes = "trees", const char* panel = good_panel) {
        StoredModel model;
        model.metadata.name = name;
        model.metadata.series = {"EURUSD", Timeframe::h1};
        model.metadata.label = "next_bar";
        model.metadata.feature_manifest_hash = "0123456789abcdef";
        model.metadata.training_from = *parse_iso8601("2012-10-01");
        model.metadata.training_end = *parse_iso8601("2018-02-01");
        model.metadata.members = {"lightgbm"};
        model.metadata.panel_json = panel;
        model.metadata.data_fingerprint = "ff00";
        model.bytes = std::move(bytes);
        model.card = "# A model\n";
        model.card_html = "<!doctype html>";
        model.features_json = R"({"hash":"0123456789abcdef","columns":[]})";
        model.predictions_csv = "time,p_up\n2014-01-01T00:00:00Z,0.5\n";
        return model;
    }
    static PromotionRequest promotion(const std::string& name, int version) {
        return {.name = name, .version = version, .now = *parse_iso8601("2026-11-27T10:00:00Z"), .command_line = "aitrading models promote"};
    }
    static PromotionRequest forced(const std::string& name, int version, const std::string& reason) {
        PromotionRequest request = promotion(name, version);
        request.force = true;
        request.reason = reason;
        return request;
    }

  private:
    /// In memory where the machine has such a place: the fault tests sync thousands of times.
    static std::filesystem::path root() {
        return ::access("/dev/shm", W_OK) == 0 ? std::filesystem::path("/dev/shm") : std::filesystem::path(testing::TempDir());
    }
    std::filesystem::path path_;
};

}  // namespace aitrading::models
