#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "insight/features/feature_group.hpp"

namespace aitrading::insight {

/// Columns that a capability below this one adds behind those of a feature set, such as regimes. Told bar by bar like every
/// group: a value comes from the present bar and earlier ones only.
class FeatureGuest {
  public:
    virtual ~FeatureGuest() = default;
    /// The same columns as they stand now; a copy goes on from here.
    virtual std::unique_ptr<FeatureGuest> clone() const = 0;
    /// Names the columns in order.
    virtual void describe(Catalogue& c) const = 0;
    /// Settings for the manifest, so that another setting is another hash.
    virtual std::vector<std::pair<std::string, std::string>> parameters() const = 0;
    /// Writes the columns of this bar and returns the end. NaN where not known yet.
    virtual double* update(const Moment& m, double* out) = 0;
};

/// A guest as a value: copying the box copies the guest.
class GuestBox {
  public:
    explicit GuestBox(std::unique_ptr<FeatureGuest> guest) : guest_(std::move(guest)) {}
    GuestBox(const GuestBox& other) : guest_(other.guest_->clone()) {}
    GuestBox& operator=(const GuestBox& other) {
        guest_ = other.guest_->clone();
        return *this;
    }
    GuestBox(GuestBox&&) noexcept = default;
    GuestBox& operator=(GuestBox&&) noexcept = default;
    ~GuestBox() = default;
    FeatureGuest& operator*() const { return *guest_; }
    FeatureGuest* operator->() const { return guest_.get(); }

  private:
    std::unique_ptr<FeatureGuest> guest_;
};

}  // namespace aitrading::insight
