# SPDX-License-Identifier: Apache-2.0
"""A stand-in for ModemManager with one modem, on the system bus that DBUS_SYSTEM_BUS_ADDRESS names.

Needs python3-dbusmock. Makes the file that it is given as soon as it can be asked."""

import sys

import dbus
import dbus.mainloop.glib
import dbusmock
from gi.repository import GLib

NAME = "org.freedesktop.ModemManager1"
ROOT = "/org/freedesktop/ModemManager1"
U = dbus.UInt32

dbus.mainloop.glib.DBusGMainLoop(set_as_default=True)
bus = dbus.SystemBus()
owner = dbus.service.BusName(NAME, bus)
root = dbusmock.mockobject.DBusMockObject(
    owner, ROOT, NAME, {"Version": "1.20.4"}, is_object_manager=True, logfile="/dev/null")
modem = {
    "State": dbus.Int32(11),  # connected
    "AccessTechnologies": U(1 << 14),  # LTE
    "SignalQuality": dbus.Struct((U(67), True), signature="ub"),
    "PrimaryPort": "cdc-wdm0",
    "Ports": dbus.Array([("cdc-wdm0", U(6)), ("wwan0", U(2))], signature="(su)"),  # MBIM and network
    "Manufacturer": "Stand-in",
    "Model": "One",
    "EquipmentIdentifier": "490154203237518",
    "Sim": dbus.ObjectPath("/"),
    # mmcli does not cope without these.
    "SupportedCapabilities": dbus.Array([U(8)], signature="u"),
    "CurrentCapabilities": U(8),
    "SupportedModes": dbus.Array([(U(8), U(0))], signature="(uu)"),
    "CurrentModes": dbus.Struct((U(8), U(0)), signature="uu"),
    "SupportedBands": dbus.Array([U(31)], signature="u"),
    "CurrentBands": dbus.Array([U(31)], signature="u"),
    "SupportedIpFamilies": U(7),
    "UnlockRequired": U(1),
    "UnlockRetries": dbus.Dictionary({}, signature="uu"),
    "Bearers": dbus.Array([], signature="o"),
    "OwnNumbers": dbus.Array([], signature="s"),
    "Drivers": dbus.Array(["cdc_mbim"], signature="s"),
    "PowerState": U(3),
}
network = {"Pco": dbus.Array([], signature="(ubay)"), "OperatorName": "Test Mobil", "OperatorCode": "00101", "RegistrationState": U(1), "Imei": "490154203237518"}
unknown = dbus.Dictionary({}, signature="sv")
signal = {
    "Rate": U(0),
    "Lte": dbus.Dictionary({"rssi": -71.0, "rsrp": -98.0, "rsrq": -11.0, "snr": 9.8}, signature="sv"),
    "Nr5g": unknown, "Umts": unknown, "Gsm": unknown, "Cdma": unknown, "Evdo": unknown,
}
root.AddObject(ROOT + "/Modem/0", NAME + ".Modem", modem, dbus.Array([], signature="(ssss)"))
one = dbusmock.get_object(ROOT + "/Modem/0")
one.AddProperties(NAME + ".Modem.Modem3gpp", network)
one.AddProperties(NAME + ".Modem.Signal", signal)
one.AddMethod(NAME + ".Modem.Signal", "Setup", "u", "", "self.UpdateProperties('%s.Modem.Signal', {'Rate': args[0]})" % NAME)
open(sys.argv[1], "w").close()
GLib.MainLoop().run()
