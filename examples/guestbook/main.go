// Command guestbook is a small web application: visitors leave a name, an
// address and a line of text. It is an example for Plimsoll, and has faults on
// purpose.
package main

import (
	"html/template"
	"log"
	"net/http"
	"os"
	"sync"
	"time"
)

// Visitor is what somebody left.
type Visitor struct {
	FullName string    `json:"full_name"`
	Email    string    `json:"email"`
	Text     string    `json:"text"`
	At       time.Time `json:"at"`
}

// Book is the guestbook; it forgets when the program ends.
type Book struct {
	mu       sync.Mutex
	visitors []Visitor
}

var page = template.Must(template.New("page").Parse(`<!doctype html>
<html lang="en"><title>Guestbook</title>
<form method="post"><label>Name <input name="name" required></label>
<label>E-mail <input name="email" type="email" required></label>
<label>Text <input name="text" required></label><button>Sign</button></form>
{{range .}}<p>{{.At.Format "2006-01-02"}} <b>{{.FullName}}</b>: {{.Text}}</p>{{end}}
</html>`))

func (b *Book) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r.Method == http.MethodPost {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<16)
		b.visitors = append(b.visitors, Visitor{r.FormValue("name"), r.FormValue("email"), r.FormValue("text"), time.Now()})
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	if err := page.Execute(w, b.visitors); err != nil {
		log.Print(err)
	}
}

func main() {
	address := os.Getenv("LISTEN")
	if address == "" {
		address = "127.0.0.1:8080"
	}
	server := &http.Server{Addr: address, Handler: http.NewCrossOriginProtection().Handler(&Book{}), ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}
