#!/usr/bin/env python3
"""Uses cellular only while WiFi is weak or carries nothing. Documentation/strategies.md describes the lines."""
import json
import sys

carried = {}
silent_s = 0.0
last_s = 0.0

for line in sys.stdin:
    now = json.loads(line)
    wifi = next((path for path in now["paths"] if path["kind"] == "wifi"), None)
    if wifi is None:
        print("{}", flush=True)
        continue
    if wifi["carried_bytes"] > carried.get("wifi", 0):
        silent_s = 0.0
    else:
        silent_s += now["time_s"] - last_s
    carried["wifi"], last_s = wifi["carried_bytes"], now["time_s"]
    weak = not wifi["joined"] or silent_s > 0.3 or (wifi.get("signal_dbm") or 0) < -80
    others = "full" if weak else "backup"
    print(json.dumps({path["name"]: "full" if path is wifi else others for path in now["paths"]}), flush=True)
