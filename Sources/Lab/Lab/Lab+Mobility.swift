// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Link
import Netlink
import Plans

/// The mobility agent: what happens to a path when its radio comes and goes, when the mobile host acts on it and when
/// the network gives it another address. Paths are named by their place in the plan.
extension Lab {
    /// The radio carries nothing from now on. What is on its links is lost, and so is what is sent on them.
    package func detachRadio(_ path: Int) throws {
        for link in links[path] { link.link.detach() }
        // Only now: the shapers let nothing more into the queues that are thrown away.
        try flushQueues(path)
    }

    /// The mobile host sees the radio fading: its peer is to send over it only what no other path can take (MP_PRIO).
    package func fade(_ path: Int) throws {
        guard isJoined(path) else { return }
        faded[path] = true
        try changeEndpoints(path)
    }

    /// As good as before, where its endpoint was not made anew.
    private func revive(_ path: Int) throws {
        guard faded[path] else { return }
        faded[path] = false
        try changeEndpoints(path)
    }

    /// The mobile host notices that the radio is gone.
    ///
    /// - Parameter mode: what that means; nil: as the plan says.
    package func leave(_ path: Int, as mode: Mobility.Mode? = nil) throws {
        guard isJoined(path) else { return }
        let mode = mode ?? self.mode
        absences[path] = mode
        switch mode {
        case .informed:
            // While the link is up, as a host would that still knows its address.
            if !isHandedOver(path) { try withdraw(path) }
            try mobile.routing.perform(leaveRequests(path))
        case .linkDown:
            let interface = mobileEnd(path).interface
            try mobile.routing.perform([.setInterface(interface.name, index: interface.index, up: false)])
        case .carrier:
            // A virtual interface has a carrier while its other end is up.
            let interface = topology.paths[path].radio.far.interface
            try access(path).routing.perform([.setInterface(interface.name, index: interface.index, up: false)])
        case .addressLoss:
            try mobile.routing.perform(dropAddressRequests(path))
        case .blackhole:
            break
        }
    }

    /// Whether the peer sends nothing more over a path that has gone: it was asked in time, and has another. To
    /// withdraw the address now would do harm only, since the kernel then sends everything unacknowledged again, what
    /// is on its way over the other path too; it is withdrawn when the path returns, or will not be used any more.
    private func isHandedOver(_ path: Int) -> Bool {
        faded[path] && topology.paths.indices.contains { $0 != path && isJoined($0) && uses[$0] != .none }
    }

    /// Takes back the address that the peer knows of a path.
    private func withdraw(_ path: Int) throws {
        try deleteEndpoints(path)
        faded[path] = false
    }

    /// The radio carries again, from an empty queue.
    package func attachRadio(_ path: Int) throws {
        // Whatever entered between the shaper's detachment and the flush would come out now.
        for link in links[path] { link.link.attach() }
    }

    /// The path's address is usable: what was taken away when it was left comes back, and what the kernel took with it.
    package func join(_ path: Int) throws {
        guard let mode = absences[path] else { return }
        absences[path] = nil
        // The kernel keeps IPv4's addresses on an interface that is down, and no others.
        switch mode {
        case .informed:
            try mobile.routing.perform(joinRequests(path))
            if faded[path] { try withdraw(path) }
            try addEndpoints(path)
        case .linkDown:
            try mobile.routing.perform(joinRequests(path, keeping: [.v4]))
        case .carrier:
            try access(path).routing.perform(radioUpRequests(path, keeping: [.v4]))
            // The mobile host notices its carrier in a worker of the kernel's, which runs when this thread waits.
            usleep(1)
        case .addressLoss:
            // With its last address an interface also loses its IPv4 neighbours.
            try mobile.routing.perform(joinRequests(path))
        case .blackhole:
            break
        }
        try revive(path)
        let waiting = waitingChanges[path]
        waitingChanges[path] = 0
        for _ in 0..<waiting { try renumber(path) }
    }

    /// The network gives the mobile host another address on the path: the old one is gone, and rules, routes and, where
    /// the host is informed, the endpoint follow. While there is no link to hear of it on, the change waits until there
    /// is.
    ///
    /// - Throws: where the plan has no further change.
    package func renumber(_ path: Int) throws {
        guard changes[path] + waitingChanges[path] < plannedChanges[path] else {
            throw Fault(.failed, "path '\(topology.paths[path].name)' has no further address")
        }
        switch absences[path] {
        case nil, .blackhole:
            let isInformed = mode == .informed
            if isInformed { try deleteEndpoints(path) }
            try mobile.routing.perform(dropAddressRequests(path))
            changes[path] += 1
            try mobile.routing.perform(joinRequests(path))
            if isInformed { try addEndpoints(path) }
            // An interface that has no address for a moment loses every route over it.
            if mobileHomePath == path { try moveHome(.mobile, to: path) }
        case .informed, .addressLoss:
            if faded[path], absences[path] == .informed { try withdraw(path) }
            changes[path] += 1
        case .linkDown, .carrier:
            waitingChanges[path] += 1
        }
    }

    /// Changes how MPTCP may use a path, at once where the path is joined, else from its return on.
    package func use(_ path: Int, as use: PathUse) throws {
        let before = uses[path]
        guard use != before else { return }
        guard isJoined(path) else {
            if use == .none, faded[path], absences[path] == .informed { try withdraw(path) }
            uses[path] = use
            return
        }
        if use == .none { try deleteEndpoints(path) }
        uses[path] = use
        if before == .none { try addEndpoints(path) } else { try changeEndpoints(path) }
    }

    func addEndpoints(_ path: Int) throws {
        if uses[path] != .none { for endpoint in endpoints(path) { try pathManager?.add(endpoint) } }
    }

    private func changeEndpoints(_ path: Int) throws {
        if uses[path] != .none { for endpoint in endpoints(path) { try pathManager?.change(endpoint) } }
    }

    private func deleteEndpoints(_ path: Int) throws {
        if uses[path] != .none { for endpoint in endpoints(path) { try pathManager?.delete(endpoint) } }
    }

    /// One for each path and address; see `pathName(ofEndpoint:)`.
    ///
    /// The kernel joins from an endpoint to the address of the first connection, so an endpoint of another family needs
    /// `fullmesh` to be joined to every address of its own family that the connection knows.
    private func endpoints(_ path: Int) -> [PathManager.Endpoint] {
        let (end, family) = (mobileEnd(path), families[path])
        var flags: PathManager.Endpoint.Flags = family == initialFamily ? .subflow : [.subflow, .fullmesh]
        if faded[path] || uses[path] == .backup { flags.insert(.backup) }
        let addresses = end.addresses.filter { $0.family == family }
        return addresses.enumerated().map { subflow, address in
            let generation = changes[path] + subflow * (Topology.maximumAddressChanges + 1)
            return PathManager.Endpoint(
                id: UInt8(path + 1 + generation * Topology.maximumPaths), address: address,
                interface: end.interface.index, flags: flags)
        }
    }

    /// The path of an address number that the mobile host has told; nil for 0, which is that of the first subflow.
    package func pathName(ofEndpoint id: UInt8) -> String? {
        let path = (Int(id) - 1) % Topology.maximumPaths
        return topology.paths.indices.contains(path) ? topology.paths[path].name : nil
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
