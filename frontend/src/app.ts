import "htmx.org";

import "./compare-toggle";
import "./compare-tray";
import "./find-in-page";
import "./search-box";
import "./share-button";
import "./theme-switch";
import { openWhenReady } from "./again";
import { sendOnce } from "./account";
import { completeFoot } from "./at-foot";
import { watchConnection } from "./connection";
import { followContenders } from "./contenders";
import { openForPrint, openTarget, reachWideTables, watchContents } from "./contents";
import { watchResults } from "./results";

watchConnection();
watchContents();
followContenders();
completeFoot();
sendOnce();
openForPrint();
openTarget();
openWhenReady();
watchResults();
reachWideTables();
