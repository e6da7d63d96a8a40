// SPDX-License-Identifier: Apache-2.0
import Lab
import Plans

extension MobilitySchedule.Action {
    /// The name in the events of a record.
    var event: String {
        switch self {
        case .fade: "fading"
        case .radioDown: "detached"
        case .leave: "left"
        case .radioUp: "attached"
        case .join: "joined"
        case .renumber: "renumbered"
        }
    }
}

extension Lab {
    /// Applies an entry of the schedule to a path.
    ///
    /// - Parameter configuring: whether the mobile host configures paths that come and go.
    func perform(_ entry: MobilitySchedule.Entry, configuring: Bool = true) throws {
        switch entry.action {
        case .fade: try fade(entry.path)
        case .radioDown: try detachRadio(entry.path)
        case .leave: if configuring { try leave(entry.path) }
        case .radioUp: try attachRadio(entry.path)
        case .join: if configuring { try join(entry.path) }
        case .renumber: try renumber(entry.path)
        }
    }

    /// Removes what is not there at the beginning, in any mode: a path that has never been there is not configured.
    func begin(attached: [Bool], configuring: Bool = true) throws {
        for (path, attached) in attached.enumerated() where !attached {
            try detachRadio(path)
            if configuring { try leave(path, as: .informed) }
        }
    }
}
