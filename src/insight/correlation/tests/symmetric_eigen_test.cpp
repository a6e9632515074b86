#include "insight/correlation/symmetric_eigen.hpp"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "base/random.hpp"

namespace aitrading::insight {
namespace {

TEST(symmetric_eigen, takes_a_known_matrix_apart) {  // second differences: 2 - 2 cos(k pi / (n + 1))
    constexpr std::size_t size = 12;
    std::vector<double> a(size * size, 0.0);
    for (std::size_t i = 0; i < size; ++i) a[i * size + i] = 2;
    for (std::size_t i = 1; i < size; ++i) a[i * size + i - 1] = -1;  // the lower triangle alone is read
    const SymmetricEigen eigen = *symmetric_eigen(a, size);
    for (std::size_t k = 0; k < size; ++k)
        EXPECT_NEAR(eigen.values[k], 2 - 2 * std::cos(static_cast<double>(size - k) * M_PI / (size + 1)), 1e-14);
}

TEST(symmetric_eigen, composes_back_and_its_vectors_are_at_right_angles) {
    constexpr std::size_t size = 28;
    SplitMix64 random(4);
    std::vector<double> a(size * size);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j <= i; ++j) a[i * size + j] = a[j * size + i] = random.next_normal();
    const SymmetricEigen eigen = *symmetric_eigen(a, size);
    const std::vector<double> back = compose(eigen);
    for (std::size_t i = 0; i < size * size; ++i) EXPECT_NEAR(back[i], a[i], 1e-12);
    for (std::size_t k = 0; k < size; ++k)
        for (std::size_t l = 0; l < size; ++l) {
            double dot = 0;
            for (std::size_t i = 0; i < size; ++i) dot += eigen.vectors[k * size + i] * eigen.vectors[l * size + i];
            EXPECT_NEAR(dot, k == l ? 1 : 0, 1e-12);
        }
}

TEST(symmetric_eigen, bears_zeros_and_refuses_what_is_not_finite) {
    const SymmetricEigen zero = *symmetric_eigen(std::vector<double>(9, 0.0), 3);
    for (const double value : zero.values) EXPECT_EQ(value, 0);
    const SymmetricEigen tiny = *symmetric_eigen(std::vector<double>{1e-310, 1e-310, 1e-310, 1e-310}, 2);
    EXPECT_TRUE(std::isfinite(tiny.vectors[0]));
    std::vector<double> bad{1, 0, 0, 1};
    bad[2] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_NE(symmetric_eigen(bad, 2).error().text.find("row 1, column 0"), std::string::npos);
}

}  // namespace
}  // namespace aitrading::insight
