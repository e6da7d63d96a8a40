// SPDX-License-Identifier: Apache-2.0
/// Suggests the word that was probably meant, in the errors of every file and option that Walkback reads.
package enum Suggestion {
    /// The nearest of `candidates` to `word`, or nil if none is near enough to be a typing slip: at most one edit in
    /// three letters, and at most three edits. The first one wins if several are equally near.
    package static func nearest(to word: String, among candidates: [String]) -> String? {
        let limit = min(3, max(1, word.count / 3))
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let distance = editDistance(word.lowercased(), candidate.lowercased())
            if distance <= limit, distance < best?.distance ?? .max { best = (candidate, distance) }
        }
        return best?.candidate
    }

    /// `; did you mean 'X'?` if a candidate is near, else `; choose from: A, B, C`. Meant for the end of a sentence.
    package static func ending(for word: String, among candidates: [String]) -> String {
        if let candidate = nearest(to: word, among: candidates) { return "; did you mean '\(candidate)'?" }
        return "; choose from: \(candidates.joined(separator: ", "))"
    }

    /// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other (optimal string
    /// alignment: a swap counts once, since swapped letters are the commonest slip).
    package static func editDistance(_ left: String, _ right: String) -> Int {
        // A word of a hostile file may be a megabyte long, and nothing that long is a misspelt key.
        let a = Array(left.utf8.prefix(64))
        let b = Array(right.utf8.prefix(64))
        guard !a.isEmpty, !b.isEmpty else { return max(a.count, b.count) }
        var beforeLast: [Int] = []
        var last = Array(0...b.count)
        for i in 1...a.count {
            var row = [i]
            for j in 1...b.count {
                var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, beforeLast[j - 2] + 1) }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
