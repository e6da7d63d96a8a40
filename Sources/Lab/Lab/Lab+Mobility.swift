// SPDX-License-Identifier: Apache-2.0
import Documents
import Glibc
import Link
import Netlink
import Plans

/// The mobility agent: what happens to a path when its radio comes and goes, when the mobile host acts on that, and
/// when the network gives it another address. Paths are identified by their index in the plan.
extension Lab {
    /// Detaches the radio: from now on, everything on its links and everything sent over them is lost.
    package func detachRadio(_ path: Int) throws {
        for link in links[path] { link.link.detach() }
        // The flush comes last: by then the shapers let nothing more into the queues that are thrown away.
        try flushQueues(path)
    }

    /// The mobile host sees the radio fading and asks its peer (MP_PRIO) to send over it only what no other path can
    /// take.
    package func fade(_ path: Int) throws {
        guard isJoined(path) else { return }
        faded[path] = true
        try changeEndpoints(path)
    }

    /// Ends the fading, unless the endpoint was created again.
    private func revive(_ path: Int) throws {
        guard faded[path] else { return }
        faded[path] = false
        try changeEndpoints(path)
    }

    /// The mobile host notices that the radio is gone.
    ///
    /// - Parameter mode: what leaving means; nil for the mode in the plan.
    package func leave(_ path: Int, as mode: Mobility.Mode? = nil) throws {
        guard isJoined(path) else { return }
        let mode = mode ?? self.mode
        absences[path] = mode
        switch mode {
        case .informed:
            // While the link is still up, as a host would do that still has its address.
            if !isHandedOver(path) { try withdraw(path) }
            try mobile.routing.perform(leaveRequests(path))
        case .linkDown:
            let interface = mobileEnd(path).interface
            try mobile.routing.perform([.setInterface(interface.name, index: interface.index, up: false)])
        case .carrier:
            // A virtual interface has a carrier as long as its other end is up.
            let interface = topology.paths[path].radio.far.interface
            try access(path).routing.perform([.setInterface(interface.name, index: interface.index, up: false)])
        case .addressLoss:
            try mobile.routing.perform(dropAddressRequests(path))
        case .blackhole:
            break
        }
    }

    /// Whether the peer no longer sends over a path that has gone: it was asked in time and has another path.
    /// Withdrawing the address now would only do harm, since the kernel would then send all unacknowledged data again,
    /// including data in flight over the other path. The address is withdrawn when the path returns or when it will no
    /// longer be used.
    private func isHandedOver(_ path: Int) -> Bool {
        faded[path] && topology.paths.indices.contains { $0 != path && isJoined($0) && uses[$0] != .none }
    }

    /// Withdraws the path's address, which the peer knows.
    private func withdraw(_ path: Int) throws {
        try deleteEndpoints(path)
        faded[path] = false
    }

    /// The radio carries data again, starting with an empty queue.
    package func attachRadio(_ path: Int) throws {
        // Packets that entered between the shaper's detachment and the flush would come out now.
        for link in links[path] { link.link.attach() }
    }

    /// Makes the path's address usable: restores what was removed when the path was left, and what the kernel removed
    /// along with it.
    package func join(_ path: Int) throws {
        guard let mode = absences[path] else { return }
        absences[path] = nil
        // When an interface goes down, the kernel keeps its IPv4 addresses and no others.
        switch mode {
        case .informed:
            try mobile.routing.perform(joinRequests(path))
            if faded[path] { try withdraw(path) }
            try addEndpoints(path)
        case .linkDown:
            try mobile.routing.perform(joinRequests(path, keeping: [.v4]))
        case .carrier:
            try access(path).routing.perform(radioUpRequests(path, keeping: [.v4]))
            // The mobile host notices its carrier in one of the kernel's workers, which runs when this thread waits.
            usleep(1)
        case .addressLoss:
            // An interface that loses its last address also loses its IPv4 neighbours.
            try mobile.routing.perform(joinRequests(path))
        case .blackhole:
            break
        }
        try revive(path)
        let waiting = waitingChanges[path]
        waitingChanges[path] = 0
        for _ in 0..<waiting { try renumber(path) }
    }

    /// The network gives the mobile host another address on the path. The old address is gone; rules, routes and (if
    /// the host is informed) the endpoint follow. If there is no link over which to learn of the change, the change
    /// waits until there is one.
    ///
    /// - Throws: if the plan has no further change.
    package func renumber(_ path: Int) throws {
        guard changes[path] + waitingChanges[path] < plannedChanges[path] else {
            throw Fault(.failed, "path '\(topology.paths[path].name)' has no address left to change to")
        }
        switch absences[path] {
        case nil, .blackhole:
            let isInformed = mode == .informed
            if isInformed { try deleteEndpoints(path) }
            try mobile.routing.perform(dropAddressRequests(path))
            changes[path] += 1
            try mobile.routing.perform(joinRequests(path))
            if isInformed { try addEndpoints(path) }
            // An interface that has no address, even for a moment, loses every route over it.
            if mobileHomePath == path { try moveHome(.mobile, to: path) }
        case .informed, .addressLoss:
            if faded[path], absences[path] == .informed { try withdraw(path) }
            changes[path] += 1
        case .linkDown, .carrier:
            waitingChanges[path] += 1
        }
    }

    /// Changes how MPTCP may use a path: at once if the path is joined, otherwise from its return on.
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

    /// One endpoint for each path and address; see `pathName(ofEndpoint:)`.
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

    /// The path of an address number that the mobile host has announced; nil for 0, the number of the first subflow.
    package func pathName(ofEndpoint id: UInt8) -> String? {
        let path = (Int(id) - 1) % Topology.maximumPaths
        return topology.paths.indices.contains(path) ? topology.paths[path].name : nil
    }

    private func flushQueues(_ path: Int) throws {
        let both = links[path]
        // The old queues are read and replaced in one message, so that nothing can happen to them in between.
        let replies = try access(path).routing.perform(
            both.map { $0.queueStatistics() } + both.map { $0.emptyQueue() })
        for (link, reply) in zip(both, replies) {
            if let statistics = FairQueueStatistics(reply) { link.queueHasGone(statistics) }
        }
    }
}
