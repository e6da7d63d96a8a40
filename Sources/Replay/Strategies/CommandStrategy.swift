// SPDX-License-Identifier: Apache-2.0
import Plans

/// A strategy that a program of the user decides. It is in no registry, because a replay names it. On the mobile host
/// its program is asked, and nothing here.
package struct CommandStrategy: Strategy {
    package let name: StrategyName

    package init(name: StrategyName) {
        self.name = name
    }

    package static func strategies(over paths: [String]) -> [Self] { [] }

    package var summary: String { "one MPTCP connection, whose use of the paths a program decides" }
}
