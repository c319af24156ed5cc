// `kestrel PORT WORK [FOLDER]`, as the other servers.
using System.Net;
using System.Security.Cryptography.X509Certificates;

var (port, work, folder) = (int.Parse(args[0]), args[1], args.ElementAtOrDefault(2));
const string Text = "Hello, world\n";
var pieces = "abcd".Select(letter => Enumerable.Repeat((byte)letter, 16_384).ToArray()).ToArray();

var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders(); // it would write a line for every request: none of the others does
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listener =>
{
    if (folder is null) return;
    // The round through PKCS #12 gives the key a form that the TLS of every system takes.
    using var pem = X509Certificate2.CreateFromPemFile($"{folder}/certificate.pem", $"{folder}/key.pem");
    listener.UseHttps(X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null));
}));

var app = builder.Build();
switch (work)
{
    case "hello":
        app.MapGet("/", () => Text);
        break;
    case "async":
        app.MapGet("/", async () =>
        {
            await Task.Yield();
            return Text;
        });
        break;
    case "order":
        app.MapPost("/", (Order order) => new Summary(order.Id, order.Items.Length, order.Items.Sum(item => item.Amount)));
        break;
    case "stream":
        app.MapGet("/", async (HttpResponse response) =>
        {
            response.ContentType = "text/plain; charset=utf-8";
            foreach (var piece in pieces) await response.Body.WriteAsync(piece);
        });
        break;
}
app.Run();

record Item(string Name, int Amount);
record Order(string Id, Item[] Items);
record Summary(string Id, int Items, int Total);
