// SPDX-License-Identifier: Apache-2.0
import Glibc
import Quantities
import System
import Testing

@testable import Recorder

@Suite struct `A modem's signal` {
    /// What mmcli 1.20.4 prints, shortened.
    private static let modem = #"""
        {"modem":{"3gpp":{"operator-code":"26201","operator-name":"Telekom.de","pco":"--"},"generic":{
        "access-technologies":["lte","5gnr"],"bearers":[],"ports":["cdc-wdm0 (mbim)","wwan0 (net)"],
        "signal-quality":{"recent":"yes","value":"67"}}}}
        """#
    private static let signal = #"""
        {"modem":{"signal":{"5g":{"error-rate":"--","rsrp":"--","rsrq":"--","snr":"--"},"gsm":{"rssi":"--"},"lte":
        {"rsrp":"-98.00","rsrq":"-11.00","rssi":"-71.00","snr":"9.80"},"refresh":{"rate":"5"},
        "umts":{"rscp":"--","rssi":"--"}}}}
        """#
    private static let level = ModemReader.Level(
        modem: "/0", interface: "wwan0", technology: "lte+5gnr", operatorName: "Telekom.de", signal: -71,
        referencePower: -98, referenceQuality: -11, percent: 67)

    @Test func `is what ModemManager says`() {
        #expect(ModemReader.level("/0", Array(Self.modem.utf8), Array(Self.signal.utf8)) == Self.level)
        #expect(ModemReader.modems(Array(#"{"modem-list":["/0","/1"]}"#.utf8)) == ["/0", "/1"])
        #expect(ModemReader.modems(Array(#"{"modem-list":[]}"#.utf8)) == [])
    }

    @Test func `is what is known of it`() {
        let few = Self.modem.replacing("Telekom.de", with: "--").replacing(#""lte","5gnr""#, with: "")
            .replacing(#""wwan0 (net)""#, with: #""ttyUSB0 (at)""#).replacing("67", with: "--")
        let level = ModemReader.level("/0", Array(few.utf8), nil)
        #expect(level == ModemReader.Level(modem: "/0", operatorName: "26201"))
        for garbage in ["", "{", "[]", #"{"modem":7}"#] {
            #expect(ModemReader.level("/0", Array(garbage.utf8), Array(garbage.utf8)) == nil)
            #expect(ModemReader.modems(Array(garbage.utf8)) == nil)
        }
    }

    @Test func `is not recorded where nobody answers, and a program that hangs is not waited for`() throws {
        let directory = try ScratchDirectory()
        #expect(ModemReader(program: nil) == nil)
        let silent = try #require(ModemReader(program: "/bin/false"))
        silent.run()
        #expect(silent.state == .absent)
        try directory.write("mmcli", "#!/bin/sh\nexec sleep 60\n")
        chmod("\(directory.path)/mmcli", 0o755)
        let hanging = try #require(ModemReader(program: "\(directory.path)/mmcli"))
        let begin = WallClock.monotonic
        let thread = try DedicatedThread.start { hanging.run() }
        usleep(200_000)
        hanging.stop()
        thread.wait()
        #expect(Duration.nanoseconds(WallClock.monotonic - begin) < .seconds(30))
    }

    private static let needed = ["/usr/bin/dbus-daemon", "/usr/bin/mmcli", "/usr/lib/python3/dist-packages/dbusmock"]

    /// The mmcli and the bus are real; only the modem is a stand-in.
    @Test(
        .enabled(
            if: needed.allSatisfy { access($0, R_OK) == 0 },
            "needs dbus-daemon, modemmanager and python3-dbusmock")
    ) func `is asked for over the system's bus`() throws {
        let directory = try ScratchDirectory()
        try directory.write(
            "bus.conf",
            """
            <busconfig><type>custom</type><listen>unix:path=\(directory.path)/bus</listen><auth>EXTERNAL</auth>
            <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow \
            own="*"/>
            <allow user="*"/></policy></busconfig>
            """)
        let bus = "unix:path=\(directory.path)/bus"
        let null = open("/dev/null", O_RDWR)
        var children: [pid_t] = []
        defer {
            for child in children {
                kill(child, SIGKILL)
                waitpid(child, nil, 0)
            }
            close(null)
        }
        func start(_ words: [String]) throws {
            let spawn = Spawn(
                words[0], arguments: words, environment: ["DBUS_SYSTEM_BUS_ADDRESS=\(bus)"],
                descriptors: [null, null, null])
            children.append(try spawn.start().get())
        }
        func wait(_ condition: () -> Bool) {
            for _ in 0..<300 where !condition() { usleep(50_000) }
        }
        try start(["/usr/bin/dbus-daemon", "--config-file=\(directory.path)/bus.conf", "--nofork"])
        wait { access("\(directory.path)/bus", F_OK) == 0 }
        let standIn = #filePath.split(separator: "/").dropLast().map { "/\($0)" }.joined() + "/stand-in-modem.py"
        try start(["/usr/bin/python3", standIn, "\(directory.path)/ready"])
        wait { access("\(directory.path)/ready", F_OK) == 0 }
        let reader = try #require(ModemReader(interval: .seconds(1), bus: bus))
        let thread = try DedicatedThread.start { reader.run() }
        wait { reader.state != .asking }
        reader.stop()
        thread.wait()
        #expect(
            reader.state
                == .levels([
                    ModemReader.Level(
                        modem: "/org/freedesktop/ModemManager1/Modem/0", interface: "wwan0", technology: "lte",
                        operatorName: "Test Mobil", signal: -71, referencePower: -98, referenceQuality: -11, percent: 67
                    )
                ]))
    }
}
