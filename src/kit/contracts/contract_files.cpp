#include "kit/contracts/contract_files.hpp"

#include <google/protobuf/stubs/logging.h>

#include <cstddef>

namespace aitrading::v1 {
/// Made by schema/CMakeLists.txt: naming the tables keeps every contract in the program.
struct ContractFile {
    const char* name;
    const void* table;
};
extern const ContractFile contract_files[];
extern const int contract_file_count;
}  // namespace aitrading::v1

namespace aitrading::kit {

std::vector<std::string> contract_files() {
    google::protobuf::SetLogHandler(nullptr);
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>(v1::contract_file_count));
    for (int i = 0; i < v1::contract_file_count; ++i) names.emplace_back(v1::contract_files[i].name);
    return names;
}

}  // namespace aitrading::kit
