#include "base/load_shedding.hpp"

namespace aitrading {

nanoseconds patience(RequestClass kind) {
    switch (kind) {
        case RequestClass::fast: return milliseconds(1000);
        case RequestClass::normal: return milliseconds(500);
        case RequestClass::heavy: return milliseconds(250);
    }
    return milliseconds(250);
}

bool shed(RequestClass kind, const Load& load, nanoseconds left) {
    if (left <= nanoseconds(0)) return true;
    return load.oldest_waits > patience(kind) || load.oldest_waits + load.typical_work > left;
}

}  // namespace aitrading
