import "htmx.org";

import "./compare-toggle";
import "./compare-tray";
import "./find-in-page";
import "./search-box";
import "./share-button";
import "./theme-switch";
import { openWhenReady } from "./again";
import { watchConnection } from "./connection";
import { openForPrint, openTarget, reachWideTables, watchContents } from "./contents";
import { watchResults } from "./results";

watchConnection();
watchContents();
openForPrint();
openTarget();
openWhenReady();
watchResults();
reachWideTables();
