#include "apps/aitrading/output.hpp"

namespace aitrading::apps {

std::string version_text() { return "aitrading " AIT_VERSION " (" AIT_COMMIT ", " AIT_BUILD ")"; }

}  // namespace aitrading::apps
