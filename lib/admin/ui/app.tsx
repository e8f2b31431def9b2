/** The page in front, and the frame around it. */
import { Banner } from "./banner.tsx";
import { Header } from "./header.tsx";
import { Login } from "./login.tsx";
import { ConfigurationPage } from "./page_configuration.tsx";
import { NowPage } from "./page_now.tsx";
import { RequestPage } from "./page_request.tsx";
import { RequestsPage } from "./page_requests.tsx";
import { UsagePage } from "./page_usage.tsx";
import { Shortcuts } from "./shortcuts.tsx";
import { useStore } from "./store.ts";
import { ToastLine } from "./toast.tsx";

export function App() {
  const store = useStore();
  if (store.needsToken.value) return <Login />;
  return (
    <>
      <a class="skip" href="#content" onClick={focusContent}>{store.say("skip")}</a>
      <Header />
      <Banner />
      <main id="content" tabIndex={-1}>
        <Page />
      </main>
      <ToastLine />
      <Shortcuts />
    </>
  );
}

/** The address names the page, so the link cannot lead there by itself. */
function focusContent(event: Event): void {
  event.preventDefault();
  document.getElementById("content")?.focus();
}

function Page() {
  const [page, id] = useStore().place.value;
  if (page === "requests") return id === undefined ? <RequestsPage /> : <RequestPage id={id} />;
  if (page === "usage") return <UsagePage />;
  if (page === "configuration") return <ConfigurationPage />;
  return <NowPage />;
}
