import os
from wsgiref.simple_server import make_server, WSGIRequestHandler


class Quiet(WSGIRequestHandler):
    def log_message(self, *args):
        pass


def app(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'wsgi ' + environ['PATH_INFO'].encode()]


make_server('127.0.0.1', int(os.environ['PORT']), app, handler_class=Quiet).serve_forever()
