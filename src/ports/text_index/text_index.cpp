#include "ports/text_index/text_index.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace aitrading::ports {
namespace {

constexpr std::size_t name_characters_max = 60;

Result<void> check_name(std::string_view kind, std::string_view name) {
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto fits = [&](char c) { return letter(c) || (c >= '0' && c <= '9') || c == '_'; };
    if (!name.empty() && name.size() <= name_characters_max && letter(name.front()) && std::ranges::all_of(name, fits)) return {};
    return fail(ErrorCode::usage, std::string(kind) + " '" + std::string(name.substr(0, name_characters_max)) +
                                      "': a name has 1 to 60 lower-case letters, digits and underscores, and begins with a letter");
}

Result<void> check_document(const TextDocument& document, std::size_t fields) {
    const auto wrong = [&](const std::string& what) {
        return fail(ErrorCode::bad_input, "document '" + document.id.substr(0, text_id_bytes_max) + "': " + what);
    };
    if (document.id.empty() || document.id.size() > text_id_bytes_max || !is_utf8(document.id)) return wrong("an id has 1 to 256 bytes of UTF-8");
    if (document.fields.size() != fields)
        return wrong("it has " + std::to_string(document.fields.size()) + " fields, the index " + std::to_string(fields));
    for (const std::string& text : document.fields) {
        if (text.size() > text_field_bytes_max) return wrong("a field has at most 256 KiB");
        if (!is_utf8(text) || text.find('\0') != std::string::npos) return wrong("a field is UTF-8 without zero bytes");
    }
    return {};
}

}  // namespace

Result<void> check_text_index(std::string_view index, const std::vector<std::string>& fields) {
    TRY_VOID(check_name("index", index));
    if (fields.empty() || fields.size() > text_fields_max) return fail(ErrorCode::usage, "an index has 1 to 16 fields");
    for (const std::string& field : fields) {
        TRY_VOID(check_name("field", field));
        if (std::ranges::count(fields, field) > 1) return fail(ErrorCode::usage, "field '" + field + "' is there twice");
    }
    return {};
}

Result<void> check_text_search(const TextSearch& search) {
    if (search.hits_max < 1 || search.hits_max > text_hits_max)
        return fail(ErrorCode::usage, "a search gives 1 to " + std::to_string(text_hits_max) + " hits");
    if (search.skip < 0 || search.skip > text_skip_max)
        return fail(ErrorCode::usage, "a search skips 0 to " + std::to_string(text_skip_max) + " hits; narrow it by time instead");
    return {};
}

Result<void> check_text_documents(const std::vector<TextDocument>& documents, std::size_t fields) {
    if (documents.size() > static_cast<std::size_t>(text_batch_max))
        return fail(ErrorCode::usage, "at most " + std::to_string(text_batch_max) + " documents are put at once");
    for (const TextDocument& document : documents) TRY_VOID(check_document(document, fields));
    return {};
}

}  // namespace aitrading::ports
