#include "ports/text_index/tests/reference_text.hpp"

#include <algorithm>

#include "domain/tenant.hpp"

namespace aitrading::ports {
namespace {

using Fault = TextFault;
using Lock = std::lock_guard<std::mutex>;

struct Word {
    std::string text;
    std::size_t at = 0, size = 0;
};

/// Words in lower case, without the few accents that the suite knows.
std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> words;
    bool open = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        std::size_t size = 1;
        for (const auto& [accented, plain] : {std::pair{"\xC3\xBC", 'u'}, {"\xC3\x9C", 'u'}, {"\xC3\xA4", 'a'}})
            if (text.substr(i).starts_with(accented)) c = plain, size = 2;
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (letter && !open) words.push_back({"", i, 0});
        if (letter) {
            words.back().text.push_back(c);
            words.back().size = i + size - words.back().at;
        }
        open = letter;
        i += size - 1;
    }
    return words;
}

bool meets(const Word& word, const Word& wanted, bool prefix) { return prefix ? word.text.starts_with(wanted.text) : word.text == wanted.text; }

/// Where a term begins among the words, each time.
std::vector<std::size_t> places_of(const std::vector<Word>& words, const TextTerm& term, Fault fault) {
    const std::vector<Word> wanted = words_of(term.text);
    std::vector<std::size_t> places;
    if (wanted.empty()) return places;
    if (fault == Fault::ignores_phrases) {
        const bool all = std::ranges::all_of(wanted, [&](const Word& w) { return std::ranges::any_of(words, [&](const Word& one) { return meets(one, w, term.prefix); }); });
        if (all) places.push_back(0);
        return places;
    }
    for (std::size_t i = 0; i + wanted.size() <= words.size(); ++i) {
        bool fits = true;
        for (std::size_t k = 0; k < wanted.size(); ++k) fits = fits && meets(words[i + k], wanted[k], term.prefix && k + 1 == wanted.size());
        if (fits) places.push_back(i);
    }
    return places;
}

class PlainText final : public TextIndex {
  public:
    PlainText(Fault fault, std::shared_ptr<ReferenceTexts> texts) : fault_(fault), texts_(std::move(texts)) {}

    Result<void> create(std::string_view index, const std::vector<std::string>& fields) override {
        TRY_VOID(check_text_index(index, fields));
        const Lock lock(texts_->mutex);
        auto& there = texts_->indexes[std::string(index)];
        if (!there.fields.empty() && there.fields != fields) return fail(ErrorCode::usage, "it has other fields");
        there.fields = fields;
        return {};
    }
    Result<std::vector<std::string>> indexes() override {
        std::vector<std::string> names;
        for (const auto& [name, index] : texts_->indexes) names.push_back(name);
        return names;
    }
    Result<void> put(std::string_view tenant, std::string_view name, const std::vector<TextDocument>& documents) override {
        const Lock lock(texts_->mutex);
        TRY(auto* index, find(tenant, name));
        if (fault_ == Fault::puts_half && !documents.empty()) index->documents[{place(tenant), documents[0].id}] = documents[0];
        TRY_VOID(check_text_documents(documents, index->fields.size()));
        for (const TextDocument& document : documents) {
            const std::pair key{place(tenant), document.id};
            if (index->documents.contains(key)) index->forgotten[key] = index->documents[key].fields;
            index->documents[key] = document;
            texts_->last = {std::string(name), document.id};
        }
        return {};
    }
    Result<TextDocument> get(std::string_view tenant, std::string_view name, std::string_view id) override {
        const Lock lock(texts_->mutex);
        TRY(auto* index, find(tenant, name));
        const auto found = index->documents.find({place(tenant), std::string(id)});
        if (found == index->documents.end()) return fail(ErrorCode::not_found, "no such document");
        return found->second;
    }
    Result<std::int64_t> remove(std::string_view tenant, std::string_view name, const std::vector<std::string>& ids) override {
        const Lock lock(texts_->mutex);
        TRY(auto* index, find(tenant, name));
        std::int64_t removed = 0;
        for (const std::string& id : ids) removed += static_cast<std::int64_t>(index->documents.erase({place(tenant), id}));
        return removed;
    }
    Result<std::int64_t> remove_before(std::string_view tenant, std::string_view name, UnixNanos time) override {
        const Lock lock(texts_->mutex);
        TRY(auto* index, find(tenant, name));
        return static_cast<std::int64_t>(
            std::erase_if(index->documents, [&](const auto& one) { return one.first.first == place(tenant) && one.second.time < time; }));
    }
    Result<TextHits> search(std::string_view tenant, std::string_view name, const TextSearch& search) override {
        TRY_VOID(check_text_search(search));
        TRY(const std::vector<TextTerm> terms, parse_text_query(search.query));
        const Lock lock(texts_->mutex);
        TRY(auto* index, find(tenant, name));
        std::vector<bool> searched(index->fields.size(), true);
        for (std::size_t f = 0; f < searched.size(); ++f) searched[f] = !search.field || *search.field == index->fields[f];
        if (std::ranges::count(searched, true) == 0) return fail(ErrorCode::usage, "the index has no such field");
        TextHits out;
        for (const auto& [key, document] : index->documents) {
            if (key.first != place(tenant)) continue;
            if (!search.range.contains(document.time) && !(fault_ == Fault::includes_the_end && document.time == search.range.to)) continue;
            TextHit hit{document.id, document.time, 0, {}, {}};
            bool fits = look(document.fields, searched, terms, hit);
            if (!fits && fault_ == Fault::keeps_old_words && index->forgotten.contains(key)) fits = look(index->forgotten[key], searched, terms, hit);
            if (fits) out.hits.push_back(std::move(hit));
        }
        std::ranges::sort(out.hits, [&](const TextHit& a, const TextHit& b) {
            if (search.order == TextSearch::Order::relevance && a.score != b.score) return a.score > b.score;
            if (a.time != b.time) return a.time > b.time;
            return a.id < b.id;
        });
        out.hits.erase(out.hits.begin(), out.hits.begin() + std::min<std::ptrdiff_t>(search.skip, std::ssize(out.hits)));
        out.more = out.hits.size() > static_cast<std::size_t>(search.hits_max);
        if (out.more && fault_ != Fault::ignores_the_bound) out.hits.resize(static_cast<std::size_t>(search.hits_max));
        return out;
    }
    Result<void> verify() override { return {}; }

  private:
    std::string place(std::string_view tenant) const { return fault_ == Fault::shares_tenants ? "all" : std::string(tenant); }
    Result<ReferenceTexts::Index*> find(std::string_view tenant, std::string_view name) const {
        TRY_VOID(check_tenant(tenant));
        const auto found = texts_->indexes.find(name);
        if (found == texts_->indexes.end()) return fail(ErrorCode::not_found, "no such index");
        return &found->second;
    }

    bool look(const std::vector<std::string>& fields, const std::vector<bool>& searched, const std::vector<TextTerm>& terms, TextHit& hit) const {
        std::size_t words_count = 0;
        bool all = true, any = false;
        for (const TextTerm& term : terms) {
            if (fault_ == Fault::knows_operators && (term.text == "OR" || term.text == "NOT")) continue;
            bool there = false;
            for (std::size_t f = 0; f < fields.size(); ++f) {
                if (!searched[f]) continue;
                const std::vector<Word> words = words_of(fields[f]);
                words_count += words.size();
                const auto places = places_of(words, term, fault_);
                there = there || !places.empty();
                hit.score += static_cast<double>(places.size());
                if (!term.excluded && !places.empty()) show(fields[f], words, places, words_of(term.text).size(), hit);
            }
            if (term.excluded) all = all && (!there || fault_ == Fault::ignores_exclusions);
            else all = all && there, any = any || there;
        }
        hit.score /= static_cast<double>(words_count + 1);
        return fault_ == Fault::takes_any_word ? any : all;
    }

    /// Sixty bytes before the first place and after it, with every word of the term marked.
    void show(const std::string& field, const std::vector<Word>& words, const std::vector<std::size_t>& places, std::size_t length, TextHit& hit) const {
        const std::size_t from = words[places.front()].at < 60 ? 0 : words[places.front()].at - 60;
        hit.snippet = field.substr(from, 150);
        hit.marks.clear();
        for (const std::size_t place : places)
            for (std::size_t k = place; k < place + length; ++k) {
                const std::size_t at = words[k].at - from + (fault_ == Fault::marks_beside_the_word ? 1 : 0);
                if (at + words[k].size <= hit.snippet.size()) hit.marks.push_back({at, words[k].size});
            }
    }

    Fault fault_;
    std::shared_ptr<ReferenceTexts> texts_;
};

}  // namespace

Result<std::unique_ptr<TextIndex>> ReferenceTextGround::open() { return std::make_unique<PlainText>(fault_, texts_); }

void ReferenceTextGround::cut(std::unique_ptr<TextIndex> index) {
    index.reset();
    if (fault_ == TextFault::loses_on_a_cut) std::erase_if(texts_->indexes[texts_->last.first].documents, [&](const auto& one) { return one.first.second == texts_->last.second; });
}

}  // namespace aitrading::ports
