import Netlink
import Runs
import Units

/// The mobility agent, mode `informed`: what happens to a path when its radio comes and goes and when the mobile host acts
/// on it. Paths are named by their place in the plan.
extension Lab {
    /// The radio carries nothing from now on. What is on its links is lost, and so is what is sent on them.
    package func detachRadio(_ path: Int) throws {
        for link in links[path] { link.link.detach() }
        // Only now: the shapers let nothing more into the queues that are thrown away.
        try flushQueues(path)
    }

    /// The mobile host notices: endpoint, address, routes and link go. The access network's interface stays up.
    package func leave(_ path: Int) throws {
        guard isJoined[path] else { return }
        isJoined[path] = false
        // While the link is up, as a host would that still knows its address.
        if uses[path] != .none, let endpoint = endpoint(path) { try pathManager?.delete(endpoint) }
        try mobile.routing.perform(leaveRequests(path))
    }

    /// The radio carries again, from an empty queue.
    package func attachRadio(_ path: Int) throws {
        // Whatever entered between the shaper's detachment and the flush would come out now.
        for link in links[path] { link.link.attach() }
    }

    /// The path's address is usable: link, address, routes and endpoint come back.
    package func join(_ path: Int) throws {
        guard !isJoined[path] else { return }
        isJoined[path] = true
        try mobile.routing.perform(joinRequests(path))
        try addEndpoint(path)
    }

    /// Changes how MPTCP may use a path, at once where the path is joined, else from its return on.
    package func use(_ path: Int, as use: PathUse) throws {
        let before = uses[path]
        uses[path] = use
        guard use != before, isJoined[path], let pathManager, let endpoint = endpoint(path) else { return }
        switch (before, use) {
        case (.none, _): try pathManager.add(endpoint)
        case (_, .none): try pathManager.delete(endpoint)
        default: try pathManager.change(endpoint)
        }
    }

    func addEndpoint(_ path: Int) throws {
        guard uses[path] != .none, let pathManager, let endpoint = endpoint(path) else { return }
        try pathManager.add(endpoint)
    }

    /// One for each path, of the family that all of them share: more would only be further subflows on the same links.
    private func endpoint(_ path: Int) -> PathManager.Endpoint? {
        let shared = IPAddress.Family.allCases.first { family in
            topology.paths.allSatisfy { $0.families.contains(family) }
        }
        let end = topology.paths[path].radio.near
        guard let address = shared.flatMap({ end.address($0) }) else { return nil }
        return PathManager.Endpoint(
            id: UInt8(path + 1), address: address, interface: end.interface.index,
            flags: uses[path] == .backup ? [.subflow, .backup] : .subflow)
    }

    private func flushQueues(_ path: Int) throws {
        let both = links[path]
        // The old queues are read and replaced in one message, so that nothing happens to them in between.
        let replies = try access(path).routing.perform(
            both.map { $0.queueStatistics() } + both.map { $0.emptyQueue() })
        for (link, reply) in zip(both, replies) {
            if let statistics = FairQueueStatistics(reply) { link.queueHasGone(statistics) }
        }
    }
}
