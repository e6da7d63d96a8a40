// SPDX-License-Identifier: Apache-2.0

/// Every reader of foreign input. The names are those of the folders of `Tests/Corpus`.
package enum FuzzTargets {
    package static let all: [FuzzTarget] =
        capture + [dissection] + derivation + probe + traces + replays + guest + results

    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}
