// SPDX-License-Identifier: Apache-2.0
import Documents
import Testing

@Suite struct SuggestionTests {
    @Test(arguments: [
        ("dealy", "delay"), ("down_mpbs", "down_mbps"), ("Strategies", "strategies"), ("tcp-wfi", "tcp-wifi"),
        ("kidn", "kind"), ("trce", "trace"),
    ])
    func `A slip of the keyboard is recognised`(word: String, meant: String) {
        let keys = ["name", "delay", "down_mbps", "up_mbps", "strategies", "tcp-wifi", "mptcp", "kind", "trace"]
        #expect(Suggestion.nearest(to: word, among: keys) == meant)
    }

    @Test func `Where nothing is near, all that there is is listed`() {
        #expect(Suggestion.nearest(to: "banana", among: ["delay", "kind"]) == nil)
        #expect(Suggestion.ending(for: "banana", among: ["delay", "kind"]) == "; choose from: delay, kind")
        #expect(Suggestion.ending(for: "kin", among: ["delay", "kind"]) == "; did you mean 'kind'?")
    }

    @Test(arguments: [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("ab", "ba", 1), ("flaw", "lawn", 2)])
    func `The distance counts edits, a swap as one`(left: String, right: String, distance: Int) {
        #expect(Suggestion.editDistance(left, right) == distance)
        #expect(Suggestion.editDistance(right, left) == distance)
    }
}
